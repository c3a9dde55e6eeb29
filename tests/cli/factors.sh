#!/bin/bash
# propneu count --factor: factors of one's own, by utterance and by time, through every command.
. "$srcdir/tests/cli/lib.sh"
data=$(cd "$srcdir/tests/data" && pwd)
model=$data/models/g_melhubert_20ms/hf
stats=$data/info/mean-std.npy

cd "$dir" || exit 1

# 12 recordings; accents of all but one, k-means units by time, two emotions in halves.
mkdir audio labels
for i in $(seq 100 111); do
    name=$((9001 + i % 2))-$i
    ln -s "$data/audio/$((9001 + i % 2))-100001-0000.wav" "audio/$name.wav"
    printf '%s\n' 'File type = "ooTextFile"' 'Object class = "TextGrid"' '' 0 1.8 '<exists>' 1 \
        '"IntervalTier"' '"phones"' 0 1.8 3 0 0.6 '"AH0"' 0.6 1.2 '"S"' 1.2 1.8 '"N"' \
        >"labels/$name.TextGrid"
    [ $i = 105 ] || printf '%s\t%s\n' $name "$([ $((i % 2)) = 0 ] && echo 'New York' || echo scots)"
done >accents.tsv
for name in $(ls labels | sed 's/\..*//'); do
    for t in $(seq 0 7); do
        echo "$name 0.$((t + 1)) 0.$((t + 2)) unit$t"
    done
done | sed 's/0\.10/1.0/' >units.txt
(echo utterance start end emotion && ls labels | sed 's/\..*//' | while read -r name; do
    echo "$name 0 0.9 calm"
    echo "$name 0.9 9 angry"
done) >emotions.txt
base=(count -q -m "$model" --mean-std "$stats" -a audio -l labels)
factors=(--factor accent=accents.tsv --factor unit=units.txt --factor emotion=emotions.txt)

"$PROPNEU" "${base[@]}" "${factors[@]}" -j1 -o one.counts || complain "count failed"
"$PROPNEU" "${base[@]}" "${factors[@]}" -j2 -o two.counts || complain "count -j2 failed"
cmp one.counts two.counts || complain "-j1 and -j2 differ"
for k in 1 2; do
    "$PROPNEU" "${base[@]}" "${factors[@]}" --shard $k/2 -o $k.counts || complain "shard $k failed"
done
"$PROPNEU" merge -o merged.counts 1.counts 2.counts || complain "merge failed"
cmp one.counts merged.counts || complain "shards with factors are not the whole"
grep -aq '"factors":"phone,accent,unit,emotion"' one.counts || complain "order of factors"
"$PROPNEU" info one.counts >info || complain "info failed"

# 90 frames in even recordings, 82 in odd ones, of which one has no accent; units have 5 each.
tr -s ' ' '\t' <info >table
frames() {
    awk -F '\t' -v level="$1" '$0 ~ level {print $NF; exit}' table
}
[ "$(frames 'New\tYork')" = 540 ] || complain "New York: $(cat info)"
[ "$(frames scots)" = 410 ] || complain "scots: $(cat info)"
[ "$(frames calm)" = 540 ] || complain "calm: $(cat info)"
[ "$(frames angry)" = 492 ] || complain "angry: $(cat info)"
[ "$(frames unit3)" = 60 ] || complain "unit3: $(cat info)"

"$PROPNEU" layers one.counts >out || complain "layers failed"
grep -q accent out && grep -q emotion out || complain "layers tells no accent: $(cat out)"
for property in accent unit emotion; do
    "$PROPNEU" neurons one.counts --property $property --layer 1 >out ||
        complain "neurons --property $property failed"
done
"$PROPNEU" pattern one.counts --phone AH --layer 1 --where accent=scots --where emotion=calm \
    --format tsv >out || complain "pattern failed"
"$PROPNEU" overlap one.counts --layer 1 accent '[AH,emotion=calm]' >out || complain "overlap failed"
"$PROPNEU" map one.counts --property accent --layer 1 >out 2>err || complain "map failed: $(cat err)"
"$PROPNEU" --dump --property unit one.counts >out || complain "the explorer's screen failed"
refuses 1 'welsh' pattern one.counts --phone AH --where accent=welsh

# Wrong usage and what cannot be.
refuses 2 'NAME=FILE' "${base[@]}" -o new.counts --factor accent
refuses 2 'NAME=FILE' "${base[@]}" -o new.counts --factor accent=
refuses 2 'a name' "${base[@]}" -o new.counts --factor =accents.tsv
refuses 2 'a name' "${base[@]}" -o new.counts --factor phone=accents.tsv
refuses 2 'a name' "${base[@]}" -o new.counts --factor a,b=accents.tsv
refuses 2 'one name' "${base[@]}" -o new.counts --factor a=accents.tsv --factor a=units.txt
refuses 1 'missing' "${base[@]}" -o new.counts --factor a=missing
printf 'x\ty\n' >other.tsv
refuses 1 'no values of the recordings' "${base[@]}" -o new.counts --factor a=other.tsv
printf '9001-100\ty\n9001-100\tz\n' >other.tsv
refuses 1 'line 2' "${base[@]}" -o new.counts --factor a=other.tsv

# Times in another unit, in all or one of the recordings; durations where the heading has them.
sed 's/ 0\.\(.\)/ \100/g; s/ 1\.0/ 1000/' units.txt >ms.txt
refuses 1 'ms.txt: line 8: a value of 9001-100 from 800 on, for a recording of 1.87 s: times must be in seconds' \
    "${base[@]}" -o new.counts --factor unit=ms.txt
{ grep 9001-100 ms.txt && grep -v 9001-100 units.txt; } >mixed.txt
"$PROPNEU" "${base[@]}" -q -o new.counts --factor unit=mixed.txt 2>err && complain "mixed.txt ends well"
grep -q 'mixed.txt: line 8: a value of 9001-100 from 800' err && grep -q '1 of 12 recordings were left out' err ||
    complain "mixed.txt: $(cat err)"
rm -f new.counts*
(ls labels | sed 's/\..*//' | awk '{ print $1, 0, 500 + NR, "calm" }') >whole.txt
"$PROPNEU" "${base[@]}" -q -o new.counts --factor emotion=whole.txt 2>err
grep -q 'whole.txt: hardly matched: values run to' err || complain "whole.txt: $(cat err)"
rm -f new.counts*
(echo utterance,start,Duration,unit && sed 's/\(.*\) \(.*\) .* \(.*\)/\1,\2,0.1,\3/' units.txt) >units.csv
"$PROPNEU" "${base[@]}" -q --factor unit=units.csv -o new.counts 2>err && [ ! -s err ] ||
    complain "units.csv: $(cat err)"
"$PROPNEU" info --format tsv new.counts | grep '^unit\.[0-9]' >durations
"$PROPNEU" "${base[@]}" -q --factor unit=units.txt -o ends.counts
"$PROPNEU" info --format tsv ends.counts | grep '^unit\.[0-9]' | cmp -s - durations ||
    complain "durations are taken for ends: $(cat durations)"
exit $failed
