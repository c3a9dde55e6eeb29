#!/bin/bash
# erase --matrix and prune --curve: what they print, that threads, kills and cancels change no byte of
# it, and what is refused.
. "$srcdir/tests/cli/lib.sh"
demo=$srcdir/data/demo
export PROPNEU_DATA=$srcdir/data
sid=$demo/models/sid.safetensors
counts=$demo/counts/sid.counts
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT

run=
# matrix ARGUMENT...: of gender on pieces of the demo, six random sets unless told otherwise.
matrix() {
    $run "$PROPNEU" erase --matrix -m "$sid" -c "$counts" --property gender -a "$demo/audio" \
        --speakers "$demo/speakers.tsv" --task sid --piece 0.2 --controls 6 "$@"
}

curve() {
    "$PROPNEU" prune --curve -m "$sid" -c "$counts" --protect gender -a "$demo/audio" --task sid \
        --piece 0.2 --keep 50%,0.2 --draws 3 "$@"
}

# column FILE ROW MEASURED NAME: of an error in a table.
column() {
    awk -F '\t' -v row="$2" -v measured="$3" -v name="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) want = i }
        $2 == "error" && $3 == row && $5 == measured { print $want }' "$1"
}

# The table.
matrix -j1 --format tsv >"$dir/one.tsv" 2>"$dir/err" || complain "matrix: $(cat "$dir/err")"
[ "$(wc -l <"$dir/one.tsv")" = 13 ] || complain "not 2 x 2 x 3 rows: $(cat "$dir/one.tsv")"
for group in male female; do
    [ "$(column "$dir/one.tsv" $group all trials)" = 290 ] || complain "trials of all: $group"
    [ "$(column "$dir/one.tsv" $group all controls)" = 6 ] || complain "controls: $group"
    own=$(column "$dir/one.tsv" $group gender=$group change)
    awk -v d="$own" 'BEGIN { exit !(d > 0.005 && d < 0.1) }' || complain "$group hurts itself by $own"
done
[ "$(column "$dir/one.tsv" male all neurons)" = 95 ] || complain "male: not 95 neurons"

# Threads do not matter, nor does the order of rows and columns in other formats.
matrix -j2 --format tsv -o "$dir/two.tsv" -q || complain "matrix -j2 fails"
cmp "$dir/one.tsv" "$dir/two.tsv" || complain "-j2 is not -j1"
[ ! -e "$dir/two.tsv.journal" ] || complain "a journal is left"
matrix --format json >"$dir/one.json" || complain "matrix --format json fails"
grep -q '"control_high"' "$dir/one.json" || complain "json: no control_high"
grep -q '"control_rate"' "$dir/one.json" || complain "json: no control_rate"
matrix >"$dir/one.txt" || complain "matrix as text fails"
for words in 'nothing                  0' 'male                    95' 'controls' 'unmatched'; do
    grep -qF -- "$words" "$dir/one.txt" || complain "text: no '$words' in: $(cat "$dir/one.txt")"
done

# Relabelled controls: one more row a quantity, whatever the threads; the others stay as they are.
matrix --relabel 8 --strata engine -j1 --format tsv --journal "$dir/relabel.journal" \
    >"$dir/relabel.tsv" 2>"$dir/err" || complain "--relabel: $(cat "$dir/err")"
grep -q '33 runs: 9 labelings of 14 speakers (strata: engine)' "$dir/err" ||
    complain "--relabel says: $(cat "$dir/err")"
grep -v relabelled "$dir/relabel.tsv" | cmp - "$dir/one.tsv" || complain "--relabel changes other rows"
[ "$(grep -c relabelled "$dir/relabel.tsv")" = 2 ] || complain "not a relabelled row a quantity"
for what in neurons=205 trials=290 controls=8; do
    [ "$(column "$dir/relabel.tsv" relabelled all ${what%=*})" = ${what#*=} ] ||
        complain "relabelled: not $what: $(cat "$dir/relabel.tsv")"
done
awk -v p="$(column "$dir/relabel.tsv" relabelled all p)" \
    'BEGIN { k = p * 9; exit !(k >= 1 - 1e-6 && k <= 9 + 1e-6 && k - int(k + 0.5) < 1e-6) }' ||
    complain "relabelled: p is no ninth"
matrix --relabel=8 --strata engine -j2 --format tsv -q >"$dir/two.tsv" || complain "--relabel -j2"
cmp "$dir/relabel.tsv" "$dir/two.tsv" || complain "--relabel: -j2 is not -j1"
matrix --relabel 8 --strata none --format tsv -q >"$dir/two.tsv" || complain "--strata none"
cmp -s "$dir/relabel.tsv" "$dir/two.tsv" && complain "--strata changes nothing"
# Cut off anywhere it goes on, and the journal alone prints the same.
head -n 9 "$dir/relabel.journal" >"$dir/cut.journal"
matrix --relabel 8 --strata engine --format tsv --journal "$dir/cut.journal" >"$dir/two.tsv" \
    2>"$dir/err" || complain "--relabel: cut"
grep -q 'resuming: 8 of 33' "$dir/err" || complain "--relabel: $(cat "$dir/err")"
cmp "$dir/relabel.tsv" "$dir/two.tsv" || complain "--relabel: going on gives something else"
matrix --relabel 7 --strata engine --journal "$dir/cut.journal" -q >/dev/null 2>"$dir/err" &&
    complain "other labelings are taken"
grep -q 'had another --relabel (8, not 7)' "$dir/err" || complain "--relabel: $(cat "$dir/err")"
"$PROPNEU" experiment --format tsv "$dir/relabel.journal" >"$dir/two.tsv" 2>/dev/null ||
    complain "--relabel: experiment"
cmp "$dir/relabel.tsv" "$dir/two.tsv" || complain "--relabel: the journal prints something else"
"$PROPNEU" info "$dir/relabel.journal" | grep -q '^ *speaker  relabelled' || complain "--relabel: info"
matrix --relabel 8 --strata engine -q --format json --journal "$dir/relabel.journal" |
    grep -q '"erased": "relabelled"' || complain "--relabel: JSON"
matrix --relabel 8 --strata engine -q --journal "$dir/relabel.journal" >"$dir/relabel.txt"
grep -qF 'relabelled: 8 exchanges of the labels of 14 speakers within engine' "$dir/relabel.txt" ||
    complain "--relabel as text: $(cat "$dir/relabel.txt")"
# All of them where there are few: four speakers, two and two.
mkdir "$dir/four"
cp "$demo"/audio/[FM][12]-* "$dir/four"
matrix -a "$dir/four" --controls 0 --relabel all --where speaker=F1,F2,M1,M2 --strata none -q \
    --format tsv >"$dir/all.tsv" 2>"$dir/err" || complain "--relabel all: $(cat "$dir/err")"
[ "$(column "$dir/all.tsv" relabelled all controls)" = 6 ] || complain "all: $(cat "$dir/all.tsv")"
# Speakers that are not in the recordings are exchanged among themselves: three for each of ours.
matrix -a "$dir/four" --controls 0 --relabel 2 --format tsv -q >"$dir/some.tsv" 2>"$dir/err" ||
    complain "--relabel, four of the speakers: $(cat "$dir/err")"
[ "$(column "$dir/some.tsv" relabelled all trials)" = "$(column "$dir/some.tsv" male all trials)" ] ||
    complain "--relabel: other trials: $(cat "$dir/some.tsv")"

# A row of one's own is what the property's row is; the edited model on disk errs as often.
"$PROPNEU" erase --matrix -m "$sid" -c "$counts" --set gender=male -a "$demo/audio" --by gender \
    --speakers "$demo/speakers.tsv" --task sid --piece 0.2 --controls 0 --format tsv >"$dir/set.tsv" ||
    complain "--set fails"
for measured in all gender=male gender=female; do
    [ "$(column "$dir/set.tsv" gender=male $measured change)" = \
        "$(column "$dir/one.tsv" male $measured change)" ] || complain "--set: other changes: $measured"
done
"$PROPNEU" erase -q -m "$sid" -c "$counts" --set gender=male -o "$dir/male" || complain "erase"
"$PROPNEU" erase --matrix -m "$dir/male" -c "$counts" --set gender=male -a "$demo/audio" \
    --task sid --piece 0.2 --controls 0 --format tsv -q >"$dir/again.tsv" || complain "edited model"
awk -v a="$(column "$dir/one.tsv" male all before)" -v d="$(column "$dir/one.tsv" male all change)" \
    -v b="$(column "$dir/again.tsv" gender=male all before)" \
    'BEGIN { x = a + d - b; exit !(x < 1e-8 && x > -1e-8) }' || complain "the edited model errs otherwise"
[ "$(column "$dir/again.tsv" gender=male all change)" = 0 ] || complain "erasing twice changes more"

# lines FILE: steps in a journal that grows.
lines() {
    { wc -l <"$1"; } 2>/dev/null || echo 0
}

# until_begun FILE PID: waits until a few steps are done.
until_begun() {
    local n
    for ((n = 0; n < 600; n++)); do
        [ "$(lines "$1")" -lt 6 ] || return 0
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

# Killed and begun again: nothing is done twice, the result has the same bytes.
long="--controls 40 --format tsv"
# shellcheck disable=SC2086
{
    matrix $long -q -o "$dir/whole.tsv" || complain "the long matrix fails"
    for signal in KILL TERM; do
        run=exec
        matrix $long -o "$dir/cut.tsv" 2>"$dir/err" &
        run=
        pid=$!
        until_begun "$dir/cut.tsv.journal" $pid || complain "SIG$signal: nothing was begun: $(cat "$dir/err")"
        kill -$signal $pid
        wait $pid 2>/dev/null && complain "SIG$signal: it was done already"
        [ ! -e "$dir/cut.tsv" ] || complain "SIG$signal: half a result"
        done=$(($(lines "$dir/cut.tsv.journal") - 1))
        [ "$done" -gt 0 ] || complain "SIG$signal: no journal"
        [ $signal = KILL ] || grep -q "stopped after $done of 83 runs" "$dir/err" ||
            complain "SIGTERM: $(cat "$dir/err")"
        # What is meant for another run is refused and stays.
        cp "$dir/cut.tsv.journal" "$dir/kept"
        matrix $long --seed 1 -o "$dir/cut.tsv" 2>"$dir/err" && complain "another seed is taken"
        grep -q 'had another --seed (0, not 1)' "$dir/err" || complain "--seed: $(cat "$dir/err")"
        matrix $long --noise 0.1 -o "$dir/cut.tsv" 2>"$dir/err" && complain "other noise is taken"
        grep -qE 'had another --noise \([0-9.]{1,3}, not 0.1\)' "$dir/err" ||
            complain "--noise: $(cat "$dir/err")"
        matrix $long --piece 0.3 -o "$dir/cut.tsv" 2>"$dir/err" && complain "other pieces are taken"
        grep -q 'had another --piece' "$dir/err" || complain "--piece: $(cat "$dir/err")"
        cmp "$dir/kept" "$dir/cut.tsv.journal" || complain "a refused run changed the journal"
        matrix $long -o "$dir/cut.tsv" 2>"$dir/err" || complain "resuming: $(cat "$dir/err")"
        grep -q "resuming: $done of 83 runs were done before" "$dir/err" ||
            complain "SIG$signal: $(cat "$dir/err")"
        cmp "$dir/whole.tsv" "$dir/cut.tsv" || complain "SIG$signal changed the result"
        [ ! -e "$dir/cut.tsv.journal" ] || complain "SIG$signal: the journal is left"
        rm -f "$dir/cut.tsv"
    done
}

# A folder of journals: one for each experiment, which stays and is enough to print it again.
mkdir "$dir/history"
matrix -q --format tsv --journal "$dir/history" >"$dir/a.tsv" || complain "--journal FOLDER"
matrix -q --format tsv --journal "$dir/history" --seed 2 >"$dir/b.tsv" || complain "a second one"
[ "$(ls "$dir/history" | wc -l)" = 2 ] || complain "history: $(ls "$dir/history")"
cmp -s "$dir/a.tsv" "$dir/b.tsv" && complain "the seed changes nothing"
matrix --format tsv --journal "$dir/history" >"$dir/c.tsv" 2>"$dir/err"
grep -q 'resuming: 15 of 15' "$dir/err" || complain "all is done again: $(cat "$dir/err")"
cmp "$dir/a.tsv" "$dir/c.tsv" || complain "the journal prints something else"
cmp "$dir/a.tsv" "$dir/one.tsv" || complain "with and without a journal differ"

# A request in a file is the same experiment, and so is the journal that it leaves.
cat >"$dir/request" <<END
propneu experiment request 1
kind: matrix
model: $sid
counts: $counts
property: gender
controls: 6
audio: $demo/audio
speakers: $demo/speakers.tsv
task: sid
piece: 0.2
journal: $dir/request.journal
END
"$PROPNEU" experiment -q --format tsv - <"$dir/request" >"$dir/requested.tsv" || complain "a request fails"
cmp "$dir/requested.tsv" "$dir/one.tsv" || complain "a request measures something else"
"$PROPNEU" experiment --format tsv "$dir/request.journal" >"$dir/again.tsv" 2>"$dir/err" ||
    complain "a journal fails: $(cat "$dir/err")"
grep -q 'resuming: 15 of 15' "$dir/err" || complain "a journal is done again: $(cat "$dir/err")"
cmp "$dir/again.tsv" "$dir/one.tsv" || complain "a journal prints something else"
"$PROPNEU" info "$dir/request.journal" | grep -q 'propneu erase --matrix --model' ||
    complain "the journal names no command"
echo 'controls: 5' >>"$dir/request"
"$PROPNEU" experiment -q "$dir/request" >/dev/null 2>"$dir/err" && complain "another request goes on"
grep -q 'had another --controls (6, not 5)' "$dir/err" || complain "controls: $(cat "$dir/err")"

# Other tasks: the same on any number of threads, and where a journal was cut anywhere.
grid="-a $demo/audio -l $demo/textgrid --property phone --controls 3 --format tsv"
for task in 'phones pr' 'centroid ssl'; do
    model=${task#* }
    task=${task% *}
    # shellcheck disable=SC2086
    erase_phones() {
        "$PROPNEU" erase --matrix -m "$demo/models/$model.safetensors" -c "$demo/counts/$model.counts" \
            $grid --task "$task" "$@"
    }
    erase_phones -j1 --journal "$dir/$task.journal" >"$dir/$task.tsv" || complain "$task fails"
    head -n 4 "$dir/$task.journal" >"$dir/cut"
    head -c $(($(wc -c <"$dir/cut") + 50)) "$dir/$task.journal" >"$dir/cut.journal"
    erase_phones -j2 --journal "$dir/cut.journal" >"$dir/cut.tsv" 2>"$dir/err" || complain "$task: cut"
    grep -q 'resuming: 3 of 13' "$dir/err" || complain "$task: $(cat "$dir/err")"
    cmp "$dir/$task.tsv" "$dir/cut.tsv" || complain "$task: going on gives something else"
    grep -q 'phone=unvoiced' "$dir/$task.tsv" || complain "$task: no classes"
done
# Erasing unvoiced consonants hurts them most, whatever reads the layers.
for task in phones centroid; do
    awk -F '\t' '$2 == "error" && ($1 == "frame" || $1 == "phone") && $3 == "unvoiced" { v[$5] = $8 }
        END { exit !(v["phone=unvoiced"] > v["phone=vowel"]) }' "$dir/$task.tsv" ||
        complain "$task: unvoiced consonants are not hurt: $(cat "$dir/$task.tsv")"
done

# A recording that cannot be read is told once; everything else is measured, the status says so.
mkdir "$dir/some.flac"
cp "$demo"/audio/F1-* "$demo"/audio/M1-* "$demo"/audio/M2-* "$dir/some.flac"
head -c 100 "$demo"/audio/F2-* >"$dir/some.flac/F2-broken.flac"
matrix -a "$dir/some.flac" --controls 1 -o "$dir/some.tsv" 2>"$dir/err" && complain "a broken file is no failure"
[ "$(grep -c F2-broken "$dir/err")" = 1 ] || complain "broken file: $(cat "$dir/err")"
grep -q '1 recordings were left out' "$dir/err" || complain "broken file: $(cat "$dir/err")"
[ -s "$dir/some.tsv" ] || complain "broken file: no table"
matrix -q -a "$dir/some.flac" --controls 1 --keep-going -o "$dir/some.tsv" 2>/dev/null || complain "--keep-going"

# Pruning: the more, the worse; random is worst; threads do not matter.
curve -j1 --format tsv >"$dir/curve.tsv" || complain "curve fails"
curve -j2 --format tsv -q -o "$dir/curve2.tsv" || complain "curve -j2 fails"
cmp "$dir/curve.tsv" "$dir/curve2.tsv" || complain "curve: -j2 is not -j1"
[ "$(wc -l <"$dir/curve.tsv")" = 17 ] || complain "curve: not 2 x 4 x 2 rows"
awk -F '\t' '$2 == "loss" { v[$4, $5] = $10; if ($6 < $5 * 2048 - 4) bad = 1 }
    END { exit !(!bad && v["random", 0.2] > v["random", 0.5] && v["random", 0.2] > v["l1", 0.2] &&
        v["l1", 0.2] > v["protected", 0.2]) }' "$dir/curve.tsv" || complain "curve: $(cat "$dir/curve.tsv")"
# Relabelled sets are a curve more; the others stay as they are.
curve --speakers "$demo/speakers.tsv" --relabel 3 --strata engine --format tsv -j1 \
    >"$dir/curve2.tsv" || complain "curve --relabel"
grep -v relabelled "$dir/curve2.tsv" | cmp - "$dir/curve.tsv" || complain "--relabel changes curves"
awk -F '\t' '$4 == "relabelled" { n++; if ($9 != 3 || $6 < $5 * 2048 - 4 || !($11 < $12)) bad = 1
        if (!($13 > 0) || !($14 >= .25 && $14 <= 1)) bad = 1 }
    $4 != "relabelled" && NR > 1 && $13 $14 != "--" { bad = 1 }
    END { exit bad || n != 4 }' "$dir/curve2.tsv" || complain "curve --relabel: $(cat "$dir/curve2.tsv")"
curve --speakers "$demo/speakers.tsv" --relabel 3 --strata engine --format tsv -j2 -q |
    cmp - "$dir/curve2.tsv" || complain "curve --relabel: -j2 is not -j1"
curve --protect gender=female --relabel 2 --format tsv -q | grep -q relabelled ||
    complain "curve --relabel: one group"
# By another selector they are other neurons.
curve --speakers "$demo/speakers.tsv" --relabel 3 --strata engine --format tsv -q --select mi |
    awk -F '\t' '$2 == "loss" && $4 == "relabelled" && $14 { n++ } END { exit n != 2 }' ||
    complain "curve --relabel --select"
matrix --controls 0 --relabel 2 --strata engine --select lape --format tsv -q |
    awk -F '\t' '$3 == "relabelled" && $9 == 2 && $13 { n++ } END { exit n != 2 }' ||
    complain "matrix --relabel --select"
curve --relabel 2 --keep 20% -q >"$dir/curve.txt" || complain "curve --relabel as text fails"
grep -q 'observed       p' "$dir/curve.txt" || complain "curve --relabel as text: $(cat "$dir/curve.txt")"
curve >"$dir/curve.txt" || complain "curve as text fails"
grep -q '  20%      410 ' "$dir/curve.txt" || complain "curve as text: $(cat "$dir/curve.txt")"
"$PROPNEU" prune --curve -m "$sid" -a "$demo/audio" --task sid --piece 0.2 --draws 1 --format tsv |
    awk -F '\t' '$2 == "loss" && $4 == "l1" { keep = keep " " $5 }
        END { exit keep != " 0.9 0.8 0.7 0.6 0.5 0.4 0.3 0.2 0.1" }' || complain "the shares of a curve"
curve --format json | grep -q '"pruned_by": "control"' || complain "curve as JSON"
# What the curve says of a share, the pruned model does.
"$PROPNEU" prune -q -m "$sid" --keep 20% --shape uneven -o "$dir/pruned" || complain "prune"
"$PROPNEU" prune --curve -m "$dir/pruned" -a "$demo/audio" --task sid --piece 0.2 --keep 100% \
    --draws 1 --format tsv >"$dir/pruned.tsv" || complain "the pruned model"
awk -F '\t' 'FNR == NR { if ($2 == "error" && $4 == "l1" && $5 == 0.2) want = $10; next }
    $2 == "error" && $4 == "l1" { exit !($10 == want && $8 == want) }' "$dir/curve.tsv" \
    "$dir/pruned.tsv" || complain "the pruned model errs otherwise: $(cat "$dir/pruned.tsv")"

# Refusals: one line, nothing half-written.
says() {
    local wanted=$1 words=$2 got
    shift 2
    "$@" >"$dir/out" 2>"$dir/err"
    got=$?
    [ $got = "$wanted" ] || complain "$*: exit status $got, not $wanted"
    grep -qF -- "$words" "$dir/err" || complain "$*: no '$words' in: $(cat "$dir/err")"
    [ "$(grep -vc 'was counted with other weights' "$dir/err")" = 1 ] || complain "$*: not one line: $(cat "$dir/err")"
    [ ! -s "$dir/out" ] || complain "$*: something on stdout"
    [ -z "$(ls "$dir"/new* 2>/dev/null)" ] || complain "$*: left $(ls "$dir"/new*)"
}

"$PROPNEU" prune -q -m "$sid" --keep 50% --shape equal -o "$dir/narrow"
: >"$dir/none"
"$PROPNEU" count -q -m "$sid" --mean-std "$demo/models/mean-std.npy" -a "$demo/audio" \
    -l "$demo/textgrid" --speakers "$demo/speakers.tsv" --by phone,gender -o "$dir/nobody.counts" ||
    complain "counting without speakers fails"
printf '1 3\n' >"$dir/some"
echo precious >"$dir/mine"
says 1 'has counts of 512 neurons, but' matrix -m "$dir/narrow" -o "$dir/new"
says 1 'head' matrix -m "$demo/models/ssl.safetensors" -o "$dir/new"
says 1 "no trials by 'pitch', only by gender, speaker: choose with --by" matrix --by pitch -o "$dir/new"
says 1 "'each-phone', only by gender, speaker: choose" matrix --property each-phone -o "$dir/new"
says 1 "no property 'nonsense'" matrix --property nonsense -o "$dir/new"
says 1 'No such file or directory' matrix -o "$dir/no/new"
says 1 'is a folder' matrix -o "$dir/history"
says 1 'No space left on device' matrix -q -o /dev/full
says 1 'not the journal of an experiment' matrix -q --no-resume --journal "$dir/mine" -o "$dir/new"
[ "$(cat "$dir/mine")" = precious ] || complain "somebody's file was written over"
says 1 'is empty: nothing to erase' "$PROPNEU" erase --matrix -m "$sid" --set @"$dir/none" \
    -a "$demo/audio" --task sid --controls 0 -o "$dir/new"
says 2 'matched controls need activation rates' "$PROPNEU" erase --matrix -m "$sid" --set @"$dir/some" \
    -a "$demo/audio" --task sid -o "$dir/new"
says 2 'goes with --matrix' "$PROPNEU" erase -m "$sid" --set @"$dir/none" --piece 1 -o "$dir/new"
says 2 'goes with --matrix' "$PROPNEU" erase -m "$sid" --set @"$dir/none" --controls 1 -o "$dir/new"
says 2 'goes with --curve' "$PROPNEU" prune -m "$sid" --keep 0.5 --task sid -o "$dir/new"
says 2 'goes with --matrix' "$PROPNEU" erase -m "$sid" --set @"$dir/none" --relabel 3 -o "$dir/new"
says 2 '--property NAME and -c COUNTS' "$PROPNEU" erase --matrix -m "$sid" --set @"$dir/some" \
    -a "$demo/audio" --task sid --controls 0 --relabel -o "$dir/new"
says 2 '--strata goes with --relabel' matrix --strata engine -o "$dir/new"
says 2 "--relabel takes a number from 1 to 10000, or all, not '0'" matrix --relabel 0 -o "$dir/new"
says 2 "what is 'some'?" matrix --relabel some -o "$dir/new"
says 1 "no column 'nonsense'" matrix --relabel 3 --strata nonsense -o "$dir/new"
says 1 'phone has labels of classes' matrix --property phone --by gender --relabel 3 -o "$dir/new"
says 1 "none of the count file's speakers that are male speaks here" matrix -a "$dir/four" \
    --where speaker=F3,F4,M3,M4 --relabel 3 --strata none -o "$dir/new"
says 1 "counted without the factor 'speaker'" matrix -c "$dir/nobody.counts" --relabel 3 -o "$dir/new"
says 2 'either --property NAME or --set SET' matrix --set gender -o "$dir/new"
says 2 'are needed to measure' "$PROPNEU" erase --matrix -m "$sid" -c "$counts" --property gender
says 2 'more than one --keep' "$PROPNEU" prune -m "$sid" --keep 0.5,0.2 -o "$dir/new"
says 1 'no request of an experiment' "$PROPNEU" experiment "$dir/some"
says 2 'one FILE is needed' "$PROPNEU" experiment
says 2 'need --protect PROPERTY or PROPERTY=GROUP' curve --protect 'gender - phone' --relabel 2 \
    -o "$dir/new"
says 1 'phone has labels of classes' curve --protect phone --relabel 2 -o "$dir/new"
says 2 '--protect NAME and -c COUNTS' "$PROPNEU" prune --curve -m "$sid" -c "$counts" \
    -a "$demo/audio" --task sid --relabel 2 -o "$dir/new"
says 1 'is empty: nothing to protect' curve --protect @"$dir/none" -o "$dir/new"
# No room for the journal: told, and what is there already is gone on from.
(
    trap '' XFSZ
    ulimit -f 8
    matrix --controls 40 -q -o "$dir/big.tsv" 2>"$dir/err"
) && complain "a full disk is no failure"
grep -qi 'big.tsv.journal: file too large' "$dir/err" || complain "full disk: $(cat "$dir/err")"
[ ! -e "$dir/big.tsv" ] || complain "full disk: a result"
matrix --controls 40 --format tsv -o "$dir/big.tsv" 2>"$dir/err" || complain "after the full disk"
grep -q 'resuming: ' "$dir/err" || complain "after the full disk: $(cat "$dir/err")"
cmp "$dir/whole.tsv" "$dir/big.tsv" || complain "a full disk changed the result"

exit $failed
