#!/bin/bash
# propneu count --shard and propneu merge: all shards make the file of one run, byte for byte.
. "$srcdir/tests/cli/lib.sh"
data=$(cd "$srcdir/tests/data" && pwd)
model=$data/models/g_melhubert_20ms/hf
stats=$data/info/mean-std.npy

cd "$dir" || exit 1

# 20 recordings of two speakers, F0 rising from one to the next.
mkdir audio labels
for i in $(seq 100 119); do
    name=$((9001 + i % 2))-$i
    ln -s "$data/audio/$((9001 + i % 2))-100001-0000.wav" "audio/$name.wav"
    printf '%s\n' 'File type = "ooTextFile"' 'Object class = "TextGrid"' '' 0 1.8 '<exists>' 1 \
        '"IntervalTier"' '"phones"' 0 1.8 3 0 0.6 '"AH0"' 0.6 1.2 "\"P$((i % 3))\"" 1.2 1.8 '"N"' \
        >"labels/$name.TextGrid"
    printf '%s 0.1 %d\n%s 0.7 0\n%s 1.3 %d\n' $name $i $name $name $((i + 50))
done >f0.txt
printf 'speaker\tgender\n9001\tF\n9002\tM\n' >speakers.tsv
base=(count -q -m "$model" --mean-std "$stats" -a audio -l labels)
corpus=("${base[@]}" --speakers speakers.tsv --pitch f0.txt --by phone,gender,pitch,speaker)

"$PROPNEU" "${corpus[@]}" -j2 -o whole.counts || complain "count failed"
for k in 1 2 3; do
    "$PROPNEU" "${corpus[@]}" --shard $k/3 -o $k.counts || complain "--shard $k/3 failed"
done
"$PROPNEU" merge -o merged.counts 3.counts 1.counts 2.counts || complain "merge failed"
cmp whole.counts merged.counts || complain "three shards are not the whole"
"$PROPNEU" info 2.counts >out || complain "info failed"
grep -q '^shard .*2$' out && grep -q '^shards .*3$' out || complain "info tells no shard: $(cat out)"

# Part by part, too.
refuses 1 '1-2' merge -o new.counts 3.counts
refuses 1 '3 shards of this corpus 2 is missing' merge -o new.counts 3.counts 1.counts
"$PROPNEU" merge --partial -o part.counts 3.counts 1.counts || complain "merge --partial failed"
grep -aq '"shard":"1,3"' part.counts || complain "the parts of a partial merge are not told"
"$PROPNEU" merge -o again.counts part.counts 2.counts || complain "the rest was not added"
cmp whole.counts again.counts || complain "merging in two steps is not the whole"

# What does not fit.
refuses 1 'both hold shard 1 of 3' merge -o new.counts 1.counts 2.counts 1.counts
refuses 1 'both hold shard 3 of 3' merge --partial -o new.counts part.counts 3.counts
refuses 1 'not a shard' merge -o new.counts 1.counts whole.counts
"$PROPNEU" "${corpus[@]}" --shard 2/4 -o 2of4.counts || complain "--shard 2/4 failed"
refuses 1 'not of 3' merge --partial -o new.counts 1.counts 2of4.counts
ls audio/*.wav | sed '$d' >less.list
"$PROPNEU" "${corpus[@]}" -a less.list --pitch-edges 118.42,153.34 --shard 2/3 -o less.counts ||
    complain "shard of a list failed"
"$PROPNEU" "${corpus[@]}" --pitch-edges 118.42,153.34 --shard 1/3 -o edges.counts ||
    complain "shard with edges failed"
refuses 1 'another corpus' merge -o new.counts edges.counts less.counts
refuses 1 'pitch edges' merge -o new.counts 1.counts edges.counts

refuses 2 '--shard needs' "${base[@]}" -o new.counts --shard 0/3
refuses 2 '--shard needs' "${base[@]}" -o new.counts --shard 4/3
refuses 2 '--shard needs' "${base[@]}" -o new.counts --shard 1
refuses 2 '--shard needs' "${base[@]}" -o new.counts --shard 1/99999999999
refuses 1 '20 recordings do not make 21 shards' "${base[@]}" -o new.counts --shard 1/21
refuses 2 '--pitch-edges' "${base[@]}" -o new.counts --pitch auto --shard 1/3
exit $failed
