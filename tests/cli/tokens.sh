#!/bin/bash
# propneu count --tokens: the same bytes for any number of threads, after kills, in shards and
# merged; what is damaged or does not belong together is refused.
. "$srcdir/tests/cli/lib.sh"
data=$(cd "$srcdir/tests/data" && pwd)
cd "$dir" || exit 1

# 120 recordings of four speakers.
mkdir audio labels
for i in $(seq 100 219); do
    name=s$((i % 4))-$i
    ln -s "$data/audio/$((9001 + i % 2))-100001-0000.wav" "audio/$name.wav"
    printf '%s\n' 'File type = "ooTextFile"' 'Object class = "TextGrid"' '' 0 1.8 '<exists>' 1 \
        '"IntervalTier"' '"phones"' 0 1.8 4 0 0.6 '"AH0"' 0.6 1.2 "\"P$((i % 3))\"" \
        1.2 1.201 '"T"' 1.201 1.8 '""' >"labels/$name.TextGrid"
    printf '%s x%s\n' $name $((i % 5))
done >units.txt
printf 'speaker gender engine\ns0 F a\ns1 M a\ns2 F b\ns3 M b\n' >speakers.txt
base=(count -q -m "$data/models/g_melhubert_20ms/hf" --mean-std "$data/info/mean-std.npy"
    -a audio -l labels --lambda 2)
corpus=("${base[@]}" --tokens --speakers speakers.txt --factor unit=units.txt)

"$PROPNEU" "${corpus[@]}" -j1 -o one.counts || complain "count failed"
"$PROPNEU" "${corpus[@]}" -j2 -o two.counts || complain "count -j2 failed"
"$PROPNEU" "${base[@]}" --speakers speakers.txt --factor unit=units.txt -o without.counts ||
    complain "count without --tokens failed"
cmp one.counts.tokens two.counts.tokens || complain "-j1 and -j2 differ"
cmp one.counts without.counts || complain "--tokens changed the counts"
[ ! -e without.counts.tokens ] || complain "tokens without --tokens"
ls | grep 'journal' && complain "litter"

# By fewer factors the tokens are the same but for these; utterance and speaker are always there.
"$PROPNEU" "${base[@]}" --tokens --by phone -o phone.counts || complain "count --by phone failed"
"$PROPNEU" info --format tsv phone.counts.tokens >out
grep -q '^tokens	360$' out || complain "not three tokens a recording: $(cat out)"
grep -q '^speaker.4.tokens	90$' out || complain "the speakers are not told: $(cat out)"
grep -q '^kind	tokens of activation counts$' out || complain "info does not know the kind"

# Kills at any time; the tokens so far lie beside the journal.
resumed=0
for i in 1 2 3 4 5 6; do
    "$PROPNEU" "${corpus[@]}" -j1 -o killed.counts 2>err &
    pid=$!
    sleep 0.$((i + 1))
    kill -9 $pid 2>kill.err
    wait $pid 2>kill.err
    [ ! -s killed.counts.tokens.journal ] || resumed=$((resumed + 1))
done
"$PROPNEU" "${corpus[@]}" -o killed.counts 2>err || complain "after kills: $(cat err)"
cmp one.counts.tokens killed.counts.tokens || complain "kills changed the tokens"
cmp one.counts killed.counts || complain "kills changed the counts"
ls | grep 'killed.*journal' && complain "litter after kills"
echo "$resumed of 6 runs left tokens"

# interrupt FILE ARGUMENT...: leaves the journal of a run that has done some of the recordings.
interrupt() {
    local file=$1 pid
    shift
    for _ in $(seq 20); do
        "$PROPNEU" "$@" -j1 -o "$file" 2>err &
        pid=$!
        for _ in $(seq 200); do
            [ ! -s "$file.tokens.journal" ] || break
            sleep 0.01
        done
        kill -TERM $pid 2>kill.err
        wait $pid 2>kill.err
        [ ! -e "$file.journal" ] || return 0
        rm -f "$file"
    done
    return 1
}
if interrupt broken.counts "${corpus[@]}"; then
    refuses 1 '--tokens (yes, not no)' "${base[@]}" --speakers speakers.txt --factor unit=units.txt \
        -o broken.counts
    cp broken.counts.tokens.journal good
    printf '\1' | dd of=broken.counts.tokens.journal bs=1 seek=20 conv=notrunc 2>kill.err
    refuses 1 'broken.counts.tokens.journal: damaged; use --no-resume' "${corpus[@]}" -o broken.counts
    head -c 100 good >broken.counts.tokens.journal
    refuses 1 'broken.counts.tokens.journal: damaged; use --no-resume' "${corpus[@]}" -o broken.counts
    rm broken.counts.tokens.journal
    refuses 1 '--no-resume starts over' "${corpus[@]}" -o broken.counts
    cp good broken.counts.tokens.journal
    echo behind >>broken.counts.tokens.journal # a kill before the journal knew of it
    "$PROPNEU" "${corpus[@]}" -o broken.counts || complain "the whole part was not gone on from"
    cmp one.counts.tokens broken.counts.tokens || complain "an interruption changed the tokens"
else
    echo "no run was interrupted in time"
fi

# Shards and merging.
for k in 1 2 3; do
    "$PROPNEU" "${corpus[@]}" --shard $k/3 -o $k.counts || complain "shard $k failed"
done
"$PROPNEU" merge -o merged.counts 2.counts 3.counts 1.counts || complain "merge failed"
cmp one.counts merged.counts || complain "three shards are not the whole"
cmp one.counts.tokens merged.counts.tokens || complain "tokens of three shards are not the whole"
"$PROPNEU" merge --partial -o part.counts 3.counts 1.counts || complain "merge --partial failed"
"$PROPNEU" merge -o part.counts part.counts 2.counts || complain "merging in place failed"
cmp one.counts.tokens part.counts.tokens || complain "merging tokens in two steps is not the whole"
cp 1.counts alone.counts
"$PROPNEU" merge -o some.counts alone.counts 2.counts 3.counts 2>err || complain "merge failed"
grep -q 'some.counts: without a token file, as alone.counts has none' err ||
    complain "nothing is said of tokens that are missing: $(cat err)"
[ ! -e some.counts.tokens ] || complain "tokens of some of the files"
cp 2.counts.tokens alone.counts.tokens
refuses 1 'alone.counts.tokens is not of alone.counts: it is of other recordings' \
    merge -o new.counts alone.counts 2.counts 3.counts
ls audio | sed 's|^|audio/|' >whole.list
head -n 70 whole.list >first.list
tail -n 50 whole.list >second.list
for part in first second whole; do
    "$PROPNEU" "${corpus[@]}" -a $part.list -o $part.counts || complain "count of $part.list failed"
done
"$PROPNEU" merge -o halves.counts second.counts first.counts || complain "merge failed"
"$PROPNEU" merge -o again.counts whole.counts || complain "merge of one failed"
cmp halves.counts.tokens again.counts.tokens || complain "tokens of two halves are not the whole"

refuses 2 '--tokens needs phone in --by' "${corpus[@]}" --by speaker -o new.counts
refuses 2 '--tokens needs an output that is a regular file' "${corpus[@]}" -o /dev/null
refuses 1 'one.counts.tokens: not a count file' layers one.counts.tokens
exit $failed
