#!/bin/bash
# propneu count in several processes: the same bytes as in one, and after one of them was lost.
. "$srcdir/tests/cli/lib.sh"
# The launcher of the MPI it was built with, which need not be the default.
case $("$PROPNEU" --version) in
    *'MPI Open MPI'*) kind=openmpi mark='Open MPI\|OpenRTE' ;;
    *'MPI MPICH'*) kind=mpich mark=HYDRA ;;
    *) echo "built without MPI" && exit 77 ;;
esac
mpirun=
for command in mpirun.$kind mpirun mpiexec.$kind mpiexec; do
    if [ -z "$mpirun" ] && "$command" --version 2>&1 | grep -q "$mark"; then
        mpirun=$command
    fi
done
[ -n "$mpirun" ] || { echo "no mpirun of $kind" && exit 77; }
data=$(cd "$srcdir/tests/data" && pwd)
model=$data/models/g_melhubert_20ms/hf
stats=$data/info/mean-std.npy

cd "$dir" || exit 1
unset ${!OMPI_*} ${!PMIX_*} ${!PMI_*}

options=(-n 3)
[ $kind != openmpi ] || options+=(--oversubscribe)
[ $kind != openmpi ] || [ "$(id -u)" != 0 ] || options+=(--allow-run-as-root)
together() {
    timeout 60 "$mpirun" "${options[@]}" "$PROPNEU" "$@"
}

# 400 recordings, one of them broken.
mkdir audio labels
for i in $(seq 100 499); do
    name=$((9001 + i % 2))-$i
    ln -s "$data/audio/$((9001 + i % 2))-100001-0000.wav" "audio/$name.wav"
    printf '%s\n' 'File type = "ooTextFile"' 'Object class = "TextGrid"' '' 0 1.8 '<exists>' 1 \
        '"IntervalTier"' '"phones"' 0 1.8 3 0 0.6 '"AH0"' 0.6 1.2 "\"P$((i % 3))\"" 1.2 1.8 '"N"' \
        >"labels/$name.TextGrid"
    printf '%s\tx%s\n' $name $((i % 5))
done >units.tsv
printf 'speaker\tgender\n9001\tF\n9002\tM\n' >speakers.tsv
base=(count -m "$model" --mean-std "$stats" -a audio -l labels)
corpus=("${base[@]}" --speakers speakers.tsv --pitch auto --by phone,gender,pitch,speaker
    --factor unit=units.tsv --tokens)

"$PROPNEU" "${corpus[@]}" -q -o one.counts || complain "count failed"
together "${corpus[@]}" -o three.counts 2>err || complain "mpirun count failed: $(cat err)"
cmp one.counts three.counts || complain "three processes differ from one"
cmp one.counts.tokens three.counts.tokens || complain "tokens of three processes differ from one"
[ ! -e three.counts.journal ] || complain "the journal stayed"
[ "$(grep -c '400 recordings' err)" = 1 ] || complain "not one summary: $(cat err)"
for k in 1 2; do
    together "${base[@]}" -q --shard $k/2 -j 2 -o $k.counts || complain "mpirun --shard $k/2 failed"
done
"$PROPNEU" merge -o merged.counts 1.counts 2.counts || complain "merge failed"
"$PROPNEU" "${base[@]}" -q --tokens -o plain.counts || complain "count failed"

cmp plain.counts merged.counts || complain "shards of three processes differ from the whole"

# A process is lost, then the same command goes on: first one that helps, then the one that leads.
lost=0
for victim in 1 0 2 0; do
    together "${base[@]}" --tokens -o lost.counts 2>lost.err &
    job=$!
    for _ in $(seq 400); do
        pid=$(grep -lsz "^OMPI_COMM_WORLD_RANK=$victim\$\|^PMI_RANK=$victim\$" /proc/[0-9]*/environ |
            while IFS=/ read -r _ _ pid _; do
                tr '\0' ' ' 2>kill.err <"/proc/$pid/cmdline" | grep -q "^$PROPNEU .*lost.counts" &&
                    echo "$pid"
            done | head -1)
        [ -z "$pid" ] || [ ! -s lost.counts.journal ] || break
        sleep 0.02
    done
    sleep 0.2
    [ -z "$pid" ] || kill -9 "$pid" 2>kill.err
    wait $job || lost=$((lost + 1))
done
together "${base[@]}" --tokens -o lost.counts 2>err || complain "after losing processes: $(cat err)"
grep "resuming" err
cmp plain.counts lost.counts || complain "lost processes changed the result"
cmp plain.counts.tokens lost.counts.tokens || complain "lost processes changed the tokens"
[ ! -e lost.counts.journal ] || complain "the journal stayed after losing processes"
echo "$lost of 4 runs lost a process"

# What cannot be counted is told once, by the process that leads.
echo junk >audio/9001-junk.wav
cp labels/9001-100.TextGrid labels/9001-junk.TextGrid 2>kill.err ||
    cp labels/9002-101.TextGrid labels/9001-junk.TextGrid
together "${base[@]}" -o most.counts 2>err && complain "left a recording out without a word"
[ "$(grep -c 'audio/9001-junk.wav' err)" = 1 ] || complain "junk is not named once: $(cat err)"
grep -q '1 of 401 recordings were left out' err || complain "not summed up: $(cat err)"
together "${base[@]}" --keep-going -q -o most.counts 2>err || complain "--keep-going: $(cat err)"
cmp <(tail -c 3000 plain.counts) <(tail -c 3000 most.counts) || complain "the rest is not counted"
together "${base[@]}" -m missing -o new.counts 2>err && complain "a missing model was found"
[ "$(grep -c '^propneu: ' err)" = 1 ] || complain "not one message: $(cat err)"
exit $failed
