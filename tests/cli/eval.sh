#!/bin/bash
# eval on the bundled demo: what it prints, that an edit in memory is the edited checkpoint, and
# what it refuses.
. "$srcdir/tests/cli/lib.sh"
demo=$srcdir/data/demo
data=$srcdir/tests/data
export PROPNEU_DATA=$srcdir/data
sid=$demo/models/sid.safetensors
sids=(-m "$sid" -a "$demo/audio" --speakers "$demo/speakers.tsv" --task sid)
labels=(-l "$demo/textgrid")

# prints WORDS ARGUMENT...: eval succeeds silently and has WORDS on stdout, which stays in $dir/text.
prints() {
    local words=$1
    shift
    "$PROPNEU" eval "$@" >"$dir/text" 2>"$dir/err" || complain "$*: exit status $?: $(cat "$dir/err")"
    [ ! -s "$dir/err" ] || complain "$*: on stderr: $(cat "$dir/err")"
    grep -qF -- "$words" "$dir/text" || complain "$*: no '$words' in: $(cat "$dir/text")"
}

prints 'all                  14         0     0.00' "${sids[@]}"
prints 'gender=male         160        12     7.50   0.2465' "${sids[@]}" --piece 0.2
prints 'sid: sid, 14 recordings, pieces of 0.2 s' "${sids[@]}" --piece 0.2

# An edit in memory gives what the edited checkpoint gives.
"$PROPNEU" erase -q -m "$sid" -c "$demo/counts/sid.counts" --set gender=male -o "$dir/male" ||
    complain "erase failed"
"$PROPNEU" erase -q -m "$sid" -c "$demo/counts/sid.counts" --set gender=male --scale 0.5 \
    -o "$dir/half" || complain "erase --scale failed"
columns='s/\t\([0-9]*\.[0-9]\{4\}\)[0-9]*/\t\1/g' # losses to four digits
# same_as FOLDER OPTION...: the checkpoint in FOLDER errs as the model changed by OPTIONs.
same_as() {
    local folder=$1
    shift
    prints errors_before "${sids[@]}" --piece 0.2 -c "$demo/counts/sid.counts" --format tsv "$@"
    cut -f 1-8 "$dir/text" | sed "$columns" >"$dir/memory"
    prints measure -m "$folder" "${sids[@]:2}" --piece 0.2 --format tsv
    sed "$columns" "$dir/text" | cmp - "$dir/memory" || complain "$*: memory and checkpoint differ"
}
same_as "$dir/male" --erase gender=male
same_as "$dir/half" --erase gender=male --scale 0.5

# The unchanged model stands beside it.
"$PROPNEU" eval "${sids[@]}" --piece 0.2 --format tsv >"$dir/plain"
"$PROPNEU" eval "${sids[@]}" --piece 0.2 --erase @"$dir/male/neurons.txt" --format tsv -j 3 >"$dir/both"
cut -f 1-4,9- "$dir/both" | sed '1s/_before//g' | cmp - "$dir/plain" || complain "before is not the model as it is"
"$PROPNEU" eval "${sids[@]}" --piece 0.2 --erase @"$dir/male/neurons.txt" --format tsv -j 1 \
    --memory 0 | cmp - "$dir/both" || complain "threads or memory change the result"

# The other tasks, and formats.
prints '677       163    24.08' -m "$demo/models/pr.safetensors" \
    -a "$demo/audio" "${labels[@]}" --task phones --min-run 2
prints '"factor": "phone"' -m "$demo/models/pr.safetensors" -a "$demo/audio" "${labels[@]}" \
    --task phones --format json
prints 'gender=female' -m "$demo/models/ssl.safetensors" -a "$demo/audio" "${labels[@]}" \
    --speakers "$demo/speakers.tsv" --task centroid --layer 2
prints 'measure	factor	level	trials	mse	r2' -m "$demo/models/ssl.safetensors" -a "$demo/audio" \
    "${labels[@]}" --pitch "$demo/labels/demo-f0-hz.json" --task f0 --format tsv
prints 'pitch=high' -m "$demo/models/ssl.safetensors" -a "$demo/audio" "${labels[@]}" \
    --pitch auto --task f0
prints 'frame             trials    errors  error %     loss' -m "$demo/models/pr.safetensors" \
    -a "$demo/audio" "${labels[@]}" --task frames

# Masked prediction: the clusters of the recordings are those of the nearest centroids.
ssl=(-m "$demo/models/ssl.safetensors" -a "$demo/audio")
for assign in '' --assign; do
    "$PROPNEU" cluster -q "${ssl[@]}" --layer fbank --k 100 $assign -o "$dir/clusters$assign" ||
        complain "cluster failed"
    prints masked-frame "${ssl[@]}" --task ssl --clusters "$dir/clusters$assign" --format tsv
    cp "$dir/text" "$dir/ssl$assign"
done
mkdir "$dir/men_audio"
cp "$demo"/audio/M*.flac "$dir/men_audio"
"$PROPNEU" cluster -q "${ssl[@]:0:2}" -a "$dir/men_audio" --layer fbank --k 100 --assign -o "$dir/men" || complain "cluster failed"
prints masked-frame "${ssl[@]}" --task ssl --clusters "$dir/men" --format tsv
[ "$(grep -c speaker "$dir/text")" = 14 ] || complain "recordings without clusters are left out"
cmp "$dir/ssl" "$dir/ssl--assign" || complain "centroids and their labels are not the same clusters"
"$PROPNEU" eval "${ssl[@]}" --task ssl --clusters "$dir/clusters" --seed 1 --format tsv | cmp -s - "$dir/ssl" &&
    complain "the seed does not move the masks"
refuses 2 'needs --clusters' eval "${ssl[@]}" --task ssl
refuses 2 'only for --task ssl' eval "${sids[@]}" --clusters "$dir/clusters"
refuses 2 'needs --lexicon' eval "${ssl[@]}" --task ctc --reference lexicon
refuses 2 'only for --task ctc' eval "${sids[@]}" --lexicon "$dir/clusters"
refuses 2 '--reference is' eval "${ssl[@]}" --task ctc --reference x
refuses 1 'no head for CTC' eval "${ssl[@]}" "${labels[@]}" --task ctc
refuses 1 'neither labels' eval "${ssl[@]}" --task ssl --clusters "$demo/models/sid.safetensors"
ls "$demo/audio" | sed -n 's/^\(M[^.]*\).*/\1	kal/p' >"$dir/voices"
prints 'voice=kal' "${sids[@]}" --factor voice="$dir/voices"
"$PROPNEU" eval "${sids[@]}" -o "$dir/file" && grep -q all "$dir/file" || complain "-o writes nothing"

# Noise is the same for a seed, and those of a matrix are seeds here, too.
"$PROPNEU" eval -q "${sids[@]}" --noise 1.5 --seed 5000000000 >/dev/null || complain "a large seed"
for seed in 3 3 4; do
    "$PROPNEU" eval "${sids[@]}" --noise 1.5 --seed $seed --format tsv | cut -f 4- >>"$dir/noise.$seed"
done
lines=$(($(wc -l <"$dir/noise.3") / 2))
[ "$(head -$lines "$dir/noise.3")" = "$(tail -$lines "$dir/noise.3")" ] || complain "noise of a seed differs"
cmp -s "$dir/noise.4" <(head -$lines "$dir/noise.3") && complain "the seed does not matter"

# A recording that cannot be read is named and left out.
mkdir "$dir/audio"
cp "$demo"/audio/*.flac "$dir/audio"
echo junk >"$dir/audio/M1-3-0000.flac"
"$PROPNEU" eval -m "$sid" -a "$dir/audio" --task sid --keep-going >"$dir/text" 2>"$dir/err" ||
    complain "--keep-going: exit status"
"$PROPNEU" eval -m "$sid" -a "$dir/audio" --task sid >"$dir/text" 2>"$dir/err"
[ $? = 1 ] || complain "a broken recording: exit status"
grep -q '1 of 14 recordings were left out' "$dir/err" || complain "left out: $(cat "$dir/err")"
grep -q 'M1-3-0000.flac' "$dir/err" || complain "the broken recording is not named"
grep -q '13 recordings (1 left out)' "$dir/text" || complain "left out: $(head -1 "$dir/text")"

# Refusals.
refuses 2 'are needed' eval -m "$sid"
refuses 2 '--task is' eval "${sids[@]}" --task what
refuses 2 '-l LABELS' eval -m "$demo/models/pr.safetensors" -a "$demo/audio" --task phones
refuses 2 'needs --pitch' eval -m "$sid" -a "$demo/audio" "${labels[@]}" --task f0
refuses 2 'need --erase' eval "${sids[@]}" --scale 2
refuses 2 '--piece takes' eval "${sids[@]}" --piece nan
refuses 2 'for --task centroid' eval "${sids[@]}" --layer 2
refuses 1 'no head for speakers' eval -m "$demo/models/ssl.safetensors" "${sids[@]:2}"
refuses 1 'knows 0 of the 39 phones' eval -m "$sid" -a "$demo/audio" "${labels[@]}" --task phones
refuses 1 'none of the speakers' eval -m "$demo/models/pr.safetensors" "${sids[@]:2}"
refuses 1 'no layer 9' eval -m "$demo/models/ssl.safetensors" -a "$demo/audio" "${labels[@]}" \
    --task centroid --layer 9
refuses 1 'no labels of' eval -m "$sid" -a "$data/audio" "${labels[@]}" --task sid
refuses 1 'is empty' eval "${sids[@]}" -c "$demo/counts/sid.counts" --erase 'gender=male & gender=female'
refuses 1 'no trial' eval "${sids[@]}" --piece 60
refuses 1 'classes of pitch' eval -m "$demo/models/ssl.safetensors" -a "$demo/audio" "${labels[@]}" \
    --pitch "$demo/labels/demo-pitch-discrete.json" --task f0
mkdir "$dir/empty"
refuses 1 'holds no recordings' eval -m "$sid" -a "$dir/empty" --task sid
refuses 1 'No such file' eval "${sids[@]}" --erase gender=male -c "$dir/none"
exit $failed
