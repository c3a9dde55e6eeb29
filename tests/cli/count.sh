#!/bin/bash
# propneu count: golden counts, any number of threads, kills and interruptions, broken corpora.
. "$srcdir/tests/cli/lib.sh"
data=$(cd "$srcdir/tests/data" && pwd)
model=$data/models/g_melhubert_20ms/hf
stats=$data/info/mean-std.npy
published=(-l "$data/counting/g_melhubert_20ms/framewise-phone-20ms.json"
    --label-table "$data/info/label-merge.json"
    --speakers "$data/counting/g_melhubert_20ms/spk-gender.json"
    --pitch "$data/counting/g_melhubert_20ms/pitch-discrete.json")

cd "$dir" || exit 1

count() {
    "$PROPNEU" count -m "$model" --mean-std "$stats" "$@"
}

# The published program's counts, as its own frame totals: 45 middle frames, 29 of them with pitch.
count -a "$data/audio" "${published[@]}" --compat=authors -o authors.counts 2>err ||
    complain "count --compat=authors: $(cat err)"
grep -q ' 45 frames counted' err || complain "not 45 frames: $(cat err)"
count -a "$data/audio" "${published[@]}" -o all.counts -q 2>err || complain "count: $(cat err)"
[ ! -s err ] || complain "-q is not quiet: $(cat err)"
grep -aq '"frames":"authors"' authors.counts || complain "frames of --compat=authors"
grep -aq '"factors":"phone,gender,pitch,speaker"' all.counts || complain "factors by default"
grep -aq '"command":"propneu count --model' all.counts || complain "command"

# Models of waveforms make frames on the same grid; what is guessed about them is told.
for m in a_hubert_base/fairseq.pt e_wavlm_base/hf; do
    "$PROPNEU" count -m "$data/models/$m" -a "$data/audio" "${published[@]}" --compat=authors \
        -o wave.counts 2>err || complain "count $m: $(cat err)"
    grep -q ' 45 frames counted' err || complain "$m: not 45 frames: $(cat err)"
    [ "$(grep -c ': recordings are not normalised: normalize of \|: recordings are not normalised: do_normalize of ' err)" = 1 ] ||
        complain "$m: not told whether recordings are normalised: $(cat err)"
done
grep -aq '"family":"wavlm"' wave.counts || complain "family of WavLM"
mkdir guess && cp "$data/models/e_wavlm_base/hf/"{config.json,model.safetensors} guess
"$PROPNEU" count -m guess -a "$data/audio" "${published[@]}" -o wave.counts 2>err ||
    complain "count without preprocessor_config.json: $(cat err)"
grep -q 'guess: normalisation in training is unknown: no is assumed (--normalize yes|no)' err ||
    complain "no note of a guess: $(cat err)"
"$PROPNEU" count -m guess --normalize no -a "$data/audio" "${published[@]}" -o wave.counts 2>err ||
    complain "count --normalize: $(cat err)"
grep -q 'assumed' err && complain "a guess in spite of --normalize"
grep -q 'guess: recordings are not normalised: --normalize' err || complain "--normalize is not told"
grep -aq -- '--normalize no' wave.counts || complain "--normalize is not in the command"

# A corpus of 160 recordings with TextGrids.
mkdir audio labels
for i in $(seq 100 259); do
    name=$((9001 + i % 2))
    ln -s "$data/audio/$name-100001-0000.wav" "audio/$name-$i.wav"
    printf '%s\n' 'File type = "ooTextFile"' 'Object class = "TextGrid"' '' 0 1.8 '<exists>' 1 \
        '"IntervalTier"' '"phones"' 0 1.8 3 0 0.6 '"AH0"' 0.6 1.2 '""' 1.2 1.8 '"N"' \
        >"labels/$name-$i.TextGrid"
done
corpus=(-a audio -l labels --by phone,speaker --lambda 2 --frames mid)

count "${corpus[@]}" -j1 -o one.counts 2>err || complain "-j1: $(cat err)"
count "${corpus[@]}" -j2 -o two.counts 2>err || complain "-j2: $(cat err)"
cmp one.counts two.counts || complain "-j1 and -j2 differ"
for i in 1 2 3 4 5; do
    "$PROPNEU" count -m "$model" --mean-std "$stats" "${corpus[@]}" -j1 -o killed.counts 2>err &
    pid=$!
    sleep 0.$((RANDOM % 4 + 1))
    kill -9 $pid 2>kill.err
    wait $pid 2>kill.err
done
count "${corpus[@]}" -o killed.counts 2>err || complain "after kills: $(cat err)"
cmp one.counts killed.counts || complain "kills changed the result"
[ ! -e killed.counts.journal ] || complain "the journal stayed"
ls | grep -q 'killed.counts\.journal' && complain "litter: $(ls)"

"$PROPNEU" count -m "$model" --mean-std "$stats" "${corpus[@]}" -j1 -o stopped.counts 2>err &
pid=$!
sleep 0.3
if kill -INT $pid 2>kill.err; then
    if wait $pid; then
        : # done before the signal came
    elif [ -e stopped.counts.journal ]; then
        grep -q 'the same command resumes from there' err || complain "INT says: $(cat err)"
        [ ! -e stopped.counts ] || complain "INT left an output"
        refuses 1 '--lambda' count -m "$model" --mean-std "$stats" "${corpus[@]}" --lambda 3 \
            -o stopped.counts
    fi
fi
count "${corpus[@]}" -o stopped.counts 2>err || complain "after INT: $(cat err)"
cmp one.counts stopped.counts || complain "an interruption changed the result"

# Two halves merge to the whole, but for the command.
ls audio | sed 's|^|audio/|' >whole.list
head -n 80 whole.list >first.list
tail -n 80 whole.list >second.list
for part in first second whole; do
    count -a $part.list -l labels -o $part.counts 2>err || complain "$part: $(cat err)"
done
"$PROPNEU" merge -o merged.counts first.counts second.counts || complain "merge failed"
"$PROPNEU" merge -o again.counts whole.counts || complain "merge of one failed"
cmp merged.counts again.counts || complain "two halves are not the whole"
"$PROPNEU" merge -o twice.counts whole.counts again.counts 2>err || complain "merge of equals"
grep -q 'counted twice' err || complain "no note on equal utterances"

# Several lambdas in one go are what each of them gives alone, in shards, too.
count "${corpus[@]}" --lambda 2,0.8,6 -o several.counts 2>err || complain "--lambda: $(cat err)"
for lambda in 2 0.8 6; do
    count "${corpus[@]}" --lambda $lambda -o alone.counts 2>err || complain "--lambda: $(cat err)"
    for part in several alone; do
        "$PROPNEU" neurons $part.counts --property phone --lambda $lambda --format tsv >$part.tsv ||
            complain "$part at lambda $lambda"
    done
    cmp several.tsv alone.tsv || complain "lambda $lambda among others is not lambda $lambda alone"
done
for k in 1 2; do
    count "${corpus[@]}" --lambda 2,0.8,6 --shard $k/2 -o shard$k.counts 2>err ||
        complain "shard $k: $(cat err)"
done
"$PROPNEU" merge -o merged.counts shard1.counts shard2.counts || complain "merge of lambdas failed"
cmp merged.counts several.counts || complain "shards of several lambdas are not the whole"
refuses 1 'there are: 2, 0.8, 6' layers several.counts --lambda 1
refuses 1 '3 lambdas, not 1' merge -o new.counts one.counts several.counts
refuses 1 'lambda is 2' merge -o new.counts first.counts one.counts
refuses 2 'needed' merge -o new.counts
refuses 1 'missing.counts' merge -o new.counts first.counts missing.counts

# Problems are told one by one, and the rest is counted.
echo junk >audio/9001-junk.wav
cp labels/9001-101.TextGrid labels/9001-junk.TextGrid 2>err ||
    cp labels/9002-101.TextGrid labels/9001-junk.TextGrid
cp "$data/audio/9001-100001-0000.wav" audio/9001-nolabel.wav
count "${corpus[@]}" -o most.counts 2>err && complain "left recordings out without a word"
grep -q 'audio/9001-junk.wav' err || complain "junk is not named: $(cat err)"
grep -q '9001-nolabel' err || complain "missing labels are not named: $(cat err)"
grep -q '2 of 162 recordings were left out' err || complain "not summed up: $(cat err)"
cmp <(tail -c 3000 one.counts) <(tail -c 3000 most.counts) || complain "the rest is not counted"
count "${corpus[@]}" --keep-going -o most.counts 2>err || complain "--keep-going: $(cat err)"
printf 'speaker\tgender\n9002\tM\n' >speakers.tsv
count -a audio -l labels --speakers speakers.tsv -o some.counts 2>err && complain "lost speaker"
grep -q "speaker '9001'" err || complain "unlisted speaker is not named"
[ "$(grep -c "speaker '9001'" err)" = 20 ] || complain "not cut off after 20 problems"

# Wrong usage and what cannot be.
base=(count -m "$model" --mean-std "$stats" -a audio -l labels)
refuses 2 'are needed' count -m "$model" -a audio -l labels
refuses 2 'are needed' "${base[@]}"
refuses 2 '--lambda' "${base[@]}" -o new.counts --lambda 0
refuses 2 '--lambda' "${base[@]}" -o new.counts --lambda 1,1
refuses 2 '--lambda' "${base[@]}" -o new.counts --lambda 1,
refuses 2 '--lambda' "${base[@]}" -o new.counts --lambda 1,2,3,4,5,6,7,8,9
refuses 2 '--lambda' "${base[@]}" -o new.counts --lambda 100.5
refuses 2 '--frames' "${base[@]}" -o new.counts --frames middle
refuses 2 '--compat' "${base[@]}" -o new.counts --compat=paper
refuses 2 'exclude' "${base[@]}" -o new.counts --compat=authors --frames all
refuses 2 '--by' "${base[@]}" -o new.counts --by phone,phone
refuses 2 '--speakers' "${base[@]}" -o new.counts --by gender
refuses 2 '--pitch' "${base[@]}" -o new.counts --by phone,pitch
refuses 2 '--pitch-edges' "${base[@]}" -o new.counts --pitch-edges 200,100
refuses 2 '-o needs a file' "${base[@]}" -o -
refuses 2 'operands' "${base[@]}" -o new.counts more
refuses 1 'no/new.counts' "${base[@]}" -o no/new.counts
refuses 1 'missing' count -m missing -a audio -l labels -o new.counts
refuses 1 'missing' "${base[@]}" -o new.counts --speakers missing --by gender
refuses 1 'recordings' count -m "$model" --mean-std "$stats" -a labels -l labels -o new.counts
refuses 1 'no labels of' count -m "$model" --mean-std "$stats" -a "$data/audio" -l labels \
    -o new.counts

# Edges of F0: given, or tertiles of the corpus.
for i in $(seq 100 259); do
    printf '%s 0.1 %d\n%s 0.7 0\n' $((9001 + i % 2))-$i "$i" $((9001 + i % 2))-$i
done >f0.txt
count -a whole.list -l labels --pitch f0.txt -o f0.counts 2>err || complain "F0: $(cat err)"
grep -aq '"pitch_edges_hz":"152.47' f0.counts || complain "tertiles of 100 .. 259"
count -a whole.list -l labels --pitch f0.txt --pitch-edges 129.03,179.78 -o f0.counts 2>err ||
    complain "F0 with edges: $(cat err)"
grep -aq '"pitch_edges_hz":"129.03,179.78"' f0.counts || complain "edges given"

# Imports: names, and what is none.
"$PROPNEU" import --condition gender -o gender.counts \
    "$data/analysis_d256/gender/prob.pkl" || complain "import failed"
refuses 1 'rows' import --condition pitch -o new.counts "$data/analysis_d256/gender/prob.pkl"
refuses 2 '--condition' import -o new.counts "$data/analysis_d256/gender/prob.pkl"
refuses 1 'prob' merge -o new.counts gender.counts gender.counts
refuses 1 'err' import --condition gender -o new.counts err
exit $failed
