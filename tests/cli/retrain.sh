#!/bin/bash
# propneu prune --retrain: equal numbers whatever is protected, the same bytes after kills, and what
# other commands make of it.
. "$srcdir/tests/cli/lib.sh"
PROPNEU_DATA=$(cd "$srcdir/data" && pwd)
export PROPNEU_DATA
export XDG_STATE_HOME=$dir/home
demo=$PROPNEU_DATA/demo
mkdir "$dir/audio" && ln -s "$demo"/audio/[FM][12]-*.flac "$dir/audio"
base=(--retrain -m "$demo/models/ssl.safetensors" -a "$dir/audio" --speakers "$demo/speakers.tsv"
    -l "$demo/textgrid" --task sid --cuts 2 --cut-rows 200 --steps-per-cut 4 --batch 4 --crop 1
    --lr 1e-3 --save-every 1)

# cuts NAME ARGUMENT...: into $dir/NAME
cuts() {
    local name=$1
    shift
    "$PROPNEU" prune -q "${base[@]}" "$@" -o "$dir/$name" >"$dir/out" 2>"$dir/err" </dev/null ||
        complain "retrain $name: $(cat "$dir/err")"
    [ "$(cut -f1,2 "$dir/$name/cuts.tsv" | tr '\t\n' '  ')" = "cut kept 1 1248 2 448 " ] ||
        complain "$name: $(cat "$dir/$name/cuts.tsv")"
}
cuts plain -j 1
cuts set --protect gender -j 3
cuts random --protect gender --random-protect
cuts once --protect gender --recount once
for name in set random once; do
    awk 'NR > 1 && $3 > 0 && $4 <= $3 { n++ } END { exit n != 2 }' "$dir/$name/cuts.tsv" ||
        complain "$name: $(cat "$dir/$name/cuts.tsv")"
done
cmp -s "$dir/plain/model.safetensors" "$dir/random/model.safetensors" && complain "--random-protect changes nothing"
cmp -s "$dir/set/model.safetensors" "$dir/set/cut.2/model.safetensors" || complain 'not the model of the last cut'
for delay in 0.2 0.4 0.6 0.8; do
    timeout -s KILL $delay "$PROPNEU" prune -q "${base[@]}" --protect gender -o "$dir/killed" \
        >/dev/null 2>&1 </dev/null
done
cuts killed --protect gender
cmp -s "$dir/set/model.safetensors" "$dir/killed/model.safetensors" || complain 'killed: other weights'
cmp -s <(cut -f1-6,8- "$dir/set/log.tsv") <(cut -f1-6,8- "$dir/killed/log.tsv") || complain 'killed: another log'
[ "$(wc -l <"$dir/set/log.tsv")" = 9 ] || complain "log of $(wc -l <"$dir/set/log.tsv") lines"

"$PROPNEU" info "$dir/set" >"$dir/out" && grep -q 112 "$dir/out" || complain "info: $(cat "$dir/out")"
"$PROPNEU" eval -q -m "$dir/set" -a "$dir/audio" --speakers "$demo/speakers.tsv" --task sid >"$dir/out" ||
    complain 'eval'
"$PROPNEU" figure training -q "$dir/set" -o "$dir/f.svg" || complain 'figure training'

refuses 1 'by other options' prune "${base[@]}" --protect phone -o "$dir/set"
refuses 2 '512 neurons: 512 cannot be cut' prune "${base[@]}" --cut-rows 512 -o "$dir/n1"
refuses 2 '--cut-rows K' prune --retrain -m "$demo/models/ssl.safetensors" -a "$dir/audio" \
    --speakers "$demo/speakers.tsv" --task sid -o "$dir/n2"
refuses 2 'needs the --protect SET' prune "${base[@]}" --random-protect -o "$dir/n2"
"$PROPNEU" prune --retrain --help | grep -q -- '--cut-rows' || complain '--help'
exit $failed
