#!/bin/bash
# Models as they lie about on real disks: what their folders say about recordings, and what is
# refused in one line that says what the file is.
. "$srcdir/tests/cli/lib.sh"
data=$srcdir/tests/data
wavlm=$data/models/e_wavlm_base/hf

# says FILE WORDS: the text of info holds a line "WORDS", runs of blanks being one.
says() {
    "$PROPNEU" info "$1" 2>&1 | tr -s ' ' | grep -qxF -e "$2" ||
        complain "info $1 does not say '$2': $("$PROPNEU" info "$1" 2>&1 | head -20)"
}

# copy NAME: the WavLM of the tests under that name, to be changed.
copy() {
    rm -rf "${dir:?}/$1"
    cp -r "$wavlm" "$dir/$1" && chmod -R u+w "$dir/$1"
}

# The newest file that says it counts; recordings are normalised with the epsilon of the software.
copy normalise
says "$dir/normalise" 'normalize no'
mkdir "$dir/both"
printf '{"processor_class": "W", "feature_extractor": {"do_normalize": true}}' \
    >"$dir/normalise/processor_config.json"
says "$dir/normalise" 'normalize yes'
says "$dir/normalise" 'normalize from do_normalize of processor_config.json'
says "$dir/normalise" 'normalize epsilon 1e-07'
says "$dir/normalise/model.safetensors" 'normalize epsilon 1e-07'
printf '\357\273\277{"feature_extractor": {"sampling_rate": 8000}}' >"$dir/normalise/processor_config.json"
"$PROPNEU" info "$dir/normalise" | grep -q 'processor_config.json: sampling_rate 8000: only' ||
    complain "a rate of 8 kHz in processor_config.json"

exit $failed
