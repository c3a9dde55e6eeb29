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
printf '{"processor_class": "W", "feature_extractor": {"do_normalize": true}}' \
    >"$dir/normalise/processor_config.json"
says "$dir/normalise" 'normalize yes'
says "$dir/normalise" 'normalize from do_normalize of processor_config.json'
says "$dir/normalise" 'normalize epsilon 1e-07'
says "$dir/normalise/model.safetensors" 'normalize epsilon 1e-07'
printf '{"feature_extractor": {"do_normalize": null}}' >"$dir/normalise/processor_config.json"
says "$dir/normalise" 'normalize no'
printf '{"feature_extractor": {"feature_extractor_type": "Wav2Vec2FeatureExtractor"}}' \
    >"$dir/normalise/processor_config.json"
says "$dir/normalise" 'normalize from the default of processor_config.json'
printf '\357\273\277{"feature_extractor": {"sampling_rate": 8000}}' >"$dir/normalise/processor_config.json"
"$PROPNEU" info "$dir/normalise" | grep -q 'processor_config.json: sampling_rate 8000: only' ||
    complain "a rate of 8 kHz in processor_config.json"

# Layers that the configuration leaves out are not used, which is said.
copy few
sed -i 's/"num_hidden_layers": *[0-9]*/"num_hidden_layers": 1/' "$dir/few/config.json"
says "$dir/few" 'layers stored 3'
"$PROPNEU" activations -m "$dir/few" "$data/audio/9001-100001-0000.wav" -o "$dir/few.out" 2>&1 |
    grep -q "^propneu: $dir/few: has tensors of 3 layers, but 1 in its configuration" ||
    complain "layers without use are not told of"

# Of another type, of another model, of nothing: refused with the reason.
while read -r words; do
    read -r extractor
    echo "$extractor" >"$dir/normalise/processor_config.json"
    "$PROPNEU" info "$dir/normalise" | grep -qF "processor_config.json: $words" ||
        complain "$extractor: $("$PROPNEU" info "$dir/normalise" 2>&1 | grep reason)"
done <<'EOF'
sampling_rate 8000: only models of 16000 Hz
{"feature_extractor": {"sampling_rate": "8000", "do_normalize": true}}
do_normalize is the text "false", neither true nor false (--normalize yes|no)
{"feature_extractor": {"sampling_rate": "16000", "do_normalize": "false"}}
do_normalize is neither true nor false
{"feature_extractor": {"sampling_rate": 16000, "do_normalize": [false]}}
of WhisperFeatureExtractor in several bands, not of waveforms
{"feature_extractor": {"feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 80}}
of Speech2TextFeatureExtractor in several bands, not of waveforms
{"feature_extractor": {"feature_extractor_type": "Speech2TextFeatureExtractor", "do_normalize": true}}
of features in several bands, not of waveforms
{"feature_extractor": {"feature_size": 80, "do_normalize": true}}
EOF
"$PROPNEU" activations -q --normalize no -m "$dir/normalise" "$data/audio/9001-100001-0000.wav" \
    -o "$dir/new.safetensors" || complain '--normalize does not go without an extractor'
echo '{"model_type": "wavlm"}' >"$dir/normalise/config.json"
"$PROPNEU" info "$dir/normalise" | grep -q 'normalise: the configuration has no sizes (hidden_size' ||
    complain "no sizes: $("$PROPNEU" info "$dir/normalise" 2>&1 | grep reason)"

# What is no model, by name: in a file, in a folder, and for recordings.
is_no_model() {
    refuses 1 "$dir/$1: $2" activations -m "$dir/$1" "$data/audio/9001-100001-0000.wav" -o "$dir/new.counts"
}
pointer='version https://git-lfs.github.com/spec/v1
oid sha256:ab12
size 377569754'
echo "$pointer" >"$dir/lfs.pt"
is_no_model lfs.pt 'a Git LFS pointer, not the file: run git lfs pull'
printf '\n\n<!DOCTYPE html>\n<html>' >"$dir/page.bin"
is_no_model page.bin 'an HTML page'
printf 'GGUF\3\0\0\0' >"$dir/m.gguf"
is_no_model m.gguf 'a GGUF file'
printf '\10\10\22\7pytorch\32\52.1.0' >"$dir/m.onnx"
is_no_model m.onnx 'an ONNX model'
printf '\211HDF\r\n\32\n    ' >"$dir/tf_model.h5"
is_no_model tf_model.h5 'an HDF5 file'
: >"$dir/empty.safetensors"
is_no_model empty.safetensors 'empty file'
printf 'Entry not found' >"$dir/model.pt"
is_no_model model.pt 'a text file ("Entry not found")'
printf '\37\213\10\0' >"$dir/m.pt"
is_no_model m.pt 'a gzip file'
printf '\200\2}q\0.' >"$dir/p.pt"
is_no_model p.pt 'a pickle, but not of torch.save'
copy pointers
echo "$pointer" >"$dir/pointers/config.json"
is_no_model pointers/config.json 'a Git LFS pointer'
refuses 1 "config.json: a Git LFS pointer" info "$dir/pointers"
cp "$wavlm/config.json" "$dir/pointers/config.json"
echo "$pointer" >"$dir/pointers/model.safetensors"
refuses 1 "model.safetensors: a Git LFS pointer" info "$dir/pointers"
rm "$dir/pointers/model.safetensors" && cp "$dir/tf_model.h5" "$dir/pointers"
is_no_model pointers "no model.safetensors or pytorch_model.bin in it, only tf_model.h5 (TensorFlow's)"
echo "$pointer" >"$dir/a.flac"
refuses 1 "$dir/a.flac: a Git LFS pointer" activations -m "$wavlm" "$dir/a.flac" -o "$dir/new.counts"

# Adapters: alone, and beside the weights that they were not merged into.
copy adapter
printf '{"peft_type": "LORA", "base_model_name_or_path": "org/base"}' >"$dir/adapter/adapter_config.json"
says "$dir/adapter" 'family wavlm'
mv "$dir/adapter/model.safetensors" "$dir/adapter/adapter_model.safetensors"
is_no_model adapter 'a LoRA adapter (PEFT): merge it into its base model org/base first'
copy lora
sed -i 's/encoder.layers.2.attention.gru_rel_pos_const/encoder.layers.2.attention.lora_A.default_00/' \
    "$dir/lora/model.safetensors"
is_no_model lora 'tensor encoder.layers.2.attention.lora_A.default_00: a LoRA adapter that is not merged'

# Hugging Face's cache: main, a snapshot of its own, links to nothing, and links that became texts.
cache=$dir/hub/models--org--tiny-wavlm-0.5
mkdir -p "$cache/blobs" "$cache/refs" "$cache/snapshots/aaa" "$cache/snapshots/bbb"
for name in config.json model.safetensors preprocessor_config.json; do
    cp "$wavlm/$name" "$cache/blobs/$name.1"
    ln -s "../../blobs/$name.1" "$cache/snapshots/bbb/$name"
    printf '../../blobs/%s.1' "$name" >"$cache/snapshots/aaa/$name"
done
refuses 1 '2 snapshots, and no refs/main' info "$cache"
printf bbb >"$cache/refs/main"
for path in "$cache" "$cache/" "$cache/snapshots" "$cache/snapshots/bbb" "$cache/snapshots/aaa" \
    "$cache/snapshots/bbb/model.safetensors" "$dir/hub"; do
    says "$path" 'name tiny-wavlm-0.5'
    says "$path" 'family wavlm'
done
printf ccc >"$cache/refs/main"
refuses 1 'the snapshot ccc is not there' info "$cache"
rm "$cache/blobs/model.safetensors.1"
refuses 1 'a link to ../../blobs/model.safetensors.1, which is missing' info "$cache/snapshots/bbb"
mkdir -p "$dir/hub/models--org--other/snapshots" "$dir/hub/models--org--other/blobs"
refuses 1 'a cache of 2 models' info "$dir/hub"
refuses 1 'no snapshot of the model in it' info "$dir/hub/models--org--other/snapshots"

exit $failed
