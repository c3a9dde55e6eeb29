#!/bin/bash
# propneu activations: tensors of every stage, whole or not at all, and what it refuses.
. "$srcdir/tests/cli/lib.sh"
data=$srcdir/tests/data
model=$data/models/g_melhubert_20ms
wavlm=$data/models/e_wavlm_base/hf
stats=$data/info/mean-std.npy
audio=$data/audio/9001-100001-0000.wav

# refuses STATUS WORD ARGUMENT...: fails so, with one line on stderr that has WORD, and no output.
refuses() {
    local wanted=$1 word=$2
    shift 2
    "$PROPNEU" activations "$@" >"$dir/out" 2>"$dir/err"
    local got=$?
    [ $got = "$wanted" ] || complain "activations $*: exit status $got, not $wanted"
    grep -qF -- "$word" "$dir/err" || complain "activations $*: no '$word' in: $(cat "$dir/err")"
    [ "$wanted" = 2 ] || [ "$(wc -l <"$dir/err")" = 1 ] || complain "activations $*: many lines"
    [ ! -s "$dir/out" ] || complain "activations $*: something on stdout"
    [ ! -e "$dir/new" ] || complain "activations $*: left a file"
}

"$PROPNEU" activations -m "$model/hf" --mean-std "$stats" "$audio" \
    "$data/audio/9002-100001-0000.wav" -o "$dir/a.safetensors" || complain "two files failed"
"$PROPNEU" activations -m "$model/native.pt" --mean-std "$stats" "$audio" -o "$dir/b.safetensors" ||
    complain "native.pt failed"
for name in fbank fbank_norm input feat pos hidden.0 hidden.3 fc1.0 fc1.2 final; do
    for utterance in 9001-100001-0000 9002-100001-0000; do
        grep -aqF "\"$utterance/$name\"" "$dir/a.safetensors" || complain "no $utterance/$name"
    done
done
grep -aqF '"9001-100001-0000/conv"' "$dir/a.safetensors" && complain "conv in a log-mel model"

"$PROPNEU" activations -m "$data/models/a_hubert_base/fairseq.pt" "$audio" \
    -o "$dir/w.safetensors" || complain "fairseq.pt failed"
for name in conv feat pos hidden.0 hidden.3 fc1.0 fc1.2 final; do
    grep -aqF "\"9001-100001-0000/$name\"" "$dir/w.safetensors" || complain "no waveform $name"
done
grep -aqF fbank "$dir/w.safetensors" && complain "fbank in a waveform model"

# Normalising the waveform, unlike what the model was trained for, makes a difference.
"$PROPNEU" activations -m "$wavlm" "$audio" -o "$dir/trained.safetensors" || complain "WavLM failed"
for how in yes no; do
    "$PROPNEU" activations -m "$wavlm" --normalize $how "$audio" -o "$dir/$how.safetensors" ||
        complain "--normalize $how failed"
done
cmp -s "$dir/no.safetensors" "$dir/trained.safetensors" || complain "--normalize no is another model"
cmp -s "$dir/yes.safetensors" "$dir/trained.safetensors" && complain "--normalize yes does nothing"
refuses 2 '--normalize' -m "$wavlm" --normalize maybe "$audio" -o "$dir/new"
refuses 1 'MelHuBERT' -m "$model/hf" --mean-std "$stats" --normalize yes "$audio" -o "$dir/new"

# A mean-std.npy beside the checkpoint is found, and an output is replaced only by a whole one.
mkdir "$dir/model" && cp "$model/hf/"* "$stats" "$dir/model" && chmod -R u+w "$dir/model"
"$PROPNEU" activations -m "$dir/model" "$audio" -o "$dir/c.safetensors" ||
    complain "mean-std.npy beside the model was not found"
echo kept >"$dir/kept"; echo no sound >"$dir/broken"
"$PROPNEU" activations -m "$dir/model" "$audio" "$dir/broken" -o "$dir/kept" 2>"$dir/err"
[ $? = 1 ] && [ "$(cat "$dir/kept")" = kept ] || complain "a failure replaced its output"

# Means of a folder's recordings are those of its recordings, and erase takes them.
"$PROPNEU" activations --mean -m "$dir/model" "$data/audio" -o "$dir/folder.means" 2>"$dir/err" ||
    complain "--mean: $(cat "$dir/err")"
"$PROPNEU" activations --mean -m "$dir/model" "$data"/audio/*.* -o "$dir/files.means" 2>/dev/null
cmp "$dir/folder.means" "$dir/files.means" || complain "--mean: folder and files differ"
for name in mean.1 mean.3; do
    grep -aqF "\"$name\"" "$dir/folder.means" || complain "no $name"
done
grep -aqE 'mean.0|mean.4|fc1' "$dir/folder.means" && complain "more than means"
# Where every frame is the same recording twice, the mean is, too.
"$PROPNEU" activations --mean -m "$dir/model" "$audio" -o "$dir/once" 2>/dev/null
"$PROPNEU" activations --mean -m "$dir/model" "$audio" "$audio" -o "$dir/twice" 2>/dev/null
cmp "$dir/once" "$dir/twice" || complain "--mean: twice the same is not the same"
cmp -s "$dir/once" "$dir/folder.means" && complain "--mean: only the first recording"
"$PROPNEU" erase -q -m "$dir/model" --set '{1:0-9;3:249}' --mean "$dir/folder.means" \
    -o "$dir/ablated" || complain "erase does not take the means"
refuses 1 "$dir/no sound" --mean -m "$dir/model" "$audio" "$dir/broken" -o "$dir/new"

refuses 2 '-m MODEL' "$audio" -o "$dir/new"
refuses 2 'AUDIO' -m "$model/hf" -o "$dir/new"
refuses 2 '-o OUT' -m "$model/hf" "$audio"
refuses 1 '--mean-std' -m "$model/hf" "$audio" -o "$dir/new"
refuses 1 "$dir/none.flac" -m "$dir/model" "$audio" "$dir/none.flac" -o "$dir/new"
mkdir "$dir/other" && cp "$audio" "$dir/other/9001-100001-0000.again.wav"
refuses 2 "'9001-100001-0000'" -m "$dir/model" "$audio" "$dir/other/9001-100001-0000.again.wav" \
    -o "$dir/new"
head -c 844 "$audio" >"$dir/short.wav"
refuses 1 "$dir/short.wav" -m "$dir/model" "$dir/short.wav" -o "$dir/new"
mkfifo "$dir/fifo"
refuses 1 "$dir/fifo" -m "$dir/model" "$dir/fifo" -o "$dir/new"
mkdir "$dir/unknown" && cp "$wavlm/model.safetensors" "$dir/unknown" &&
    sed 's/"wavlm"/"sew-d"/' "$wavlm/config.json" >"$dir/unknown/config.json"
refuses 1 "$dir/unknown: unsupported model (sew-d)" -m "$dir/unknown" "$audio" \
    -o "$dir/new"
refuses 1 "/dev/full: No space left" -m "$dir/model" "$audio" -o /dev/full
exit $failed
