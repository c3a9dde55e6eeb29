#!/bin/bash
# propneu cluster: what it writes, the same on any number of threads, and what it refuses.
. "$srcdir/tests/cli/lib.sh"
data=$srcdir/tests/data
model=(-m "$data/models/g_melhubert_20ms/hf" --mean-std "$data/info/mean-std.npy")

# refuses STATUS WORD ARGUMENT...: fails so, with WORD on stderr, and writes nothing.
refuses() {
    local wanted=$1 word=$2
    shift 2
    "$PROPNEU" cluster "$@" >"$dir/out" 2>"$dir/err"
    local got=$?
    [ $got = "$wanted" ] || complain "cluster $*: exit status $got, not $wanted"
    grep -qF -- "$word" "$dir/err" || complain "cluster $*: no '$word' in: $(cat "$dir/err")"
    [ ! -s "$dir/out" ] || complain "cluster $*: something on stdout"
    [ ! -e "$dir/new" ] || complain "cluster $*: left a file"
}

"$PROPNEU" cluster "${model[@]}" -a "$data/audio" --layer 2 --k 5 --assign -j1 -o "$dir/one" 2>"$dir/err" ||
    complain "layer 2 failed: $(cat "$dir/err")"
grep -qE '^propneu: 5 clusters of 175 frames from 2 recordings: mean squared distance [0-9.]+, [0-9]+ rounds$' \
    "$dir/err" || complain "layer 2 says: $(cat "$dir/err")"
for name in '"centroids"' '"shape":[5,36]' '"9001-100001-0000/labels"' '"9002-100001-0000/labels"' '"I32"' \
    '"layer":"2"' '"frames":"175"'; do
    head -c 2000 "$dir/one" | tr -d ' ' | grep -aqF -- "$name" || complain "layer 2: no $name"
done
"$PROPNEU" cluster "${model[@]}" -a "$data/audio" --layer 2 --k 5 --assign -q -j3 -o "$dir/three" ||
    complain "three threads failed"
cmp -s "$dir/one" "$dir/three" || complain "three threads give other bytes"
"$PROPNEU" cluster "${model[@]}" -a "$data/audio" --layer fbank --k 3 --seed 4 -q -o "$dir/f" ||
    complain "fbank failed"
head -c 2000 "$dir/f" | grep -aqF labels && complain "labels without --assign"
head -c 2000 "$dir/f" | tr -d ' ' | grep -aqF '"shape":[3,80]' || complain "fbank: no 3 x 80 centroids"
"$PROPNEU" cluster -m "$data/models/e_wavlm_base/hf" -a "$data/audio" --layer 1 --k 2 -q -o "$dir/w" ||
    complain "a waveform model failed"

mkdir "$dir/mixed"
cp "$data"/audio/*.wav "$dir/mixed"
echo nothing >"$dir/mixed/broken.wav"
"$PROPNEU" cluster "${model[@]}" -a "$dir/mixed" --layer 1 --k 2 -q -o "$dir/m" 2>"$dir/err"
[ $? = 1 ] || complain "a broken recording is no failure"
[ -s "$dir/m" ] || complain "a broken recording: nothing written"
grep -q broken.wav "$dir/err" || complain "a broken recording is not named: $(cat "$dir/err")"

wavlm=(-m "$data/models/e_wavlm_base/hf")
audio=(-a "$data/audio")
refuses 1 'no log-mel input' "${wavlm[@]}" "${audio[@]}" --layer fbank --k 2 -o "$dir/new"
refuses 2 'no layer 9' "${wavlm[@]}" "${audio[@]}" --layer 9 --k 2 -o "$dir/new"
refuses 1 '1000 clusters need as many frames, there are 175' "${model[@]}" "${audio[@]}" --layer 1 --k 1000 -o "$dir/new"
refuses 1 "$dir/missing" "${model[@]}" -a "$dir/missing" --layer 1 --k 2 -o "$dir/new"
refuses 2 '-m MODEL is needed' "${audio[@]}" --layer 1 --k 2 -o "$dir/new"
refuses 2 '-a AUDIO is needed' "${model[@]}" --layer 1 --k 2 -o "$dir/new"
refuses 2 '--layer N or --layer fbank is needed' "${model[@]}" "${audio[@]}" --k 2 -o "$dir/new"
refuses 2 '--k K is needed' "${model[@]}" "${audio[@]}" --layer 1 -o "$dir/new"
refuses 2 '-o CLUSTERS.safetensors is needed' "${model[@]}" "${audio[@]}" --layer 1 --k 2
refuses 2 '--layer takes' "${model[@]}" "${audio[@]}" --layer 0 --k 2 -o "$dir/new"
refuses 2 '--k takes' "${model[@]}" "${audio[@]}" --layer 1 --k 0 -o "$dir/new"
refuses 2 "what is 'more'" "${model[@]}" "${audio[@]}" --layer 1 --k 2 -o "$dir/new" more
exit $failed
