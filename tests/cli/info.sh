#!/bin/sh
# `propneu info` tells files by their contents and says what they hold.
. "$srcdir/tests/cli/lib.sh"
data=$srcdir/tests/data
demo=$srcdir/data/demo

# says FILE WORDS: the text of info holds a line "WORDS", runs of blanks being one.
says() {
    "$PROPNEU" info -v --mean-std "$data/info/mean-std.npy" "$1" 2>&1 | tr -s ' ' | sed 's/^ //' | grep -qxF -e "$2" && return
    echo "info $1 does not say '$2':"
    "$PROPNEU" info "$1" 2>&1 | head -30
    failed=1
}


model=$data/models/g_melhubert_20ms
says "$model/hf" 'kind model'
says "$model/hf" 'family melhubert'
says "$model/hf" 'layers 3'
says "$model/hf" 'neurons 250'
says "$model/hf" 'heads 4'
says "$model/native.pt" 'neurons 250'
says "$data/models/a_hubert_base/fairseq.pt" 'neurons 200'
says "$data/models/a_hubert_base/fairseq.pt" 'family hubert'
says "$demo/models/ssl.safetensors" 'neurons 512'
says "$demo/models/ssl.safetensors" 'frame ms 20'
says "$data/info/mean-std.npy" 'shape 2 40'
says "$data/analysis_d256/gender/prob.pkl" 'condition gender'
says "$data/analysis_d256/phone-type/prob.pkl" 'kind activation probabilities as published'
says "$data/counting/g_melhubert_20ms/counts.safetensors" 'kind tensors'
says "$data/info/label-merge.json" 'count 41'
says "$data/counting/g_melhubert_20ms/framewise-phone-20ms.json" 'kind frame-level phone labels'
says "$data/counting/g_melhubert_20ms/pitch-discrete.json" 'kind frame-level pitch classes'
says "$data/counting/g_melhubert_20ms/spk-gender.json" 'speakers 2'
says "$data/analysis_d256/gender/property_neurons.json" 'kind neurons by layer'
says "$demo/labels/demo-f0-hz.json" 'kind F0 by frame'
says "$demo/textgrid/M1-3-0000.TextGrid" 'phones intervals 57 55'
says "$demo/textgrid" 'utterances 14'
says "$demo/speakers.tsv" 'female 7'
says "$demo/audio/F1-3-0007.flac" 'kind recording'
says "$demo/audio" 'recordings 14'
says "$srcdir/data/phones/arpabet.tsv" 'phones 39'
says "$srcdir/data/phones/timit.tsv" 'phones 38'
says "$srcdir/data/phones/ipa-mfa.tsv" 'phones 40'
for model in ssl sid pr; do
    [ -e "$demo/counts/$model.counts" ] || continue
    says "$demo/counts/$model.counts" 'kind activation counts'
    says "$demo/counts/$model.counts" 'utterances 1400'
    says "$demo/counts/$model.counts" '1 512 5'
    says "$demo/counts/$model.counts" 'speaker strata engine'
done
says "$demo/counts/ssl.counts.tokens" 'kind tokens of activation counts'
says "$demo/counts/ssl.counts.tokens" 'utterances 1400'
says "$data/statistics/ssl.counts" 'utterances 1400'

# A configuration alone is not taken for a table of labels, whatever its first key holds.
refuses 1 "give its folder" info "$data/models/e_wavlm_base/hf/config.json"

# A configuration of more layers than there are: all that is missing is listed.
cp -r "$data/models/e_wavlm_base/hf" "$dir/short" && chmod -R u+w "$dir/short"
sed 's/"num_hidden_layers": 3/"num_hidden_layers": 4/' "$data/models/e_wavlm_base/hf/config.json" \
    >"$dir/short/config.json"
says "$dir/short" 'can be run no'
[ "$("$PROPNEU" info --format tsv "$dir/short" | grep -c '^missing.*encoder.layers.3.')" = 19 ] ||
    { echo "info does not list 19 missing tensors"; failed=1; }

# The name does not count.
cp "$data/info/mean-std.npy" "$dir/speakers.TextGrid"
says "$dir/speakers.TextGrid" 'kind array'
printf '# mine\n1 0\n1 17\n2 3\n' >"$dir/mine"
says "$dir/mine" 'kind list of neurons'
says "$dir/mine" '1 2'

[ "$("$PROPNEU" info --format json "$dir/mine" | tr -d ' \n')" = \
    '{"file":"'"$dir"'/mine","kind":"listofneurons","layers":[{"layer":1,"neurons":2},{"layer":2,"neurons":1}]}' ] ||
    { echo "info --format json of a list of neurons"; failed=1; }
[ "$("$PROPNEU" info --format tsv "$dir/mine" | sed -n '5p')" = "layers.2.layer	2" ] ||
    { echo "info --format tsv of a list of neurons"; failed=1; }

# One line, status 1, for what is nothing.
for file in "$srcdir/README.md" "$srcdir/src" "$dir/missing" /dev/zero; do
    "$PROPNEU" info "$file" >"$dir/out" 2>"$dir/err"
    status=$?
    [ $status = 1 ] && [ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/err")" = 1 ] &&
        grep -q "^propneu: $file: " "$dir/err" ||
        { echo "info $file: status $status"; cat "$dir/err"; failed=1; }
done
# The same model, wherever the statistics of its input come from.
fingerprint() {
    "$PROPNEU" info --format json "$@" | grep -o '"fingerprint": *"[^"]*"'
}
[ -n "$(fingerprint "$demo/models/ssl.safetensors")" ] &&
    [ "$(fingerprint "$demo/models/ssl.safetensors")" = \
        "$(fingerprint --mean-std "$demo/models/mean-std.npy" "$demo/models/ssl.safetensors")" ] || {
    echo "the fingerprint depends on --mean-std"
    failed=1
}

exit $failed
