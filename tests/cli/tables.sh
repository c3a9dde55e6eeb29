#!/bin/bash
# Whoever prints the answer to a question prints one table: a command as TSV and JSON, the figure of
# it, and what w of the explorer saves.
. "$srcdir/tests/cli/lib.sh"
LC_ALL=C.UTF-8 XDG_STATE_HOME=$dir/state XDG_CONFIG_HOME=$dir/config
export LC_ALL XDG_STATE_HOME XDG_CONFIG_HOME
demo=$srcdir/data/demo
counts=$demo/counts
ssl=$counts/ssl.counts sid=$counts/sid.counts

# rows FILE [KEY]: the rows under KEY of a JSON object, or of a bare array, as TSV.
rows() {
    if [ $# = 2 ]; then
        sed -n "/^ \"$2\": \\[\$/,/^ \\]/p" "$1"
    else
        cat "$1"
    fi | sed -n 's/^  {\(.*\)},\{0,1\}$/\1/p' >"$dir/objects"
    sed -n '1{s/^"\([a-z0-9_]*\)": /\1\n/;s/, "\([a-z0-9_]*\)": /\n\1\n/g;p}' "$dir/objects" |
        awk 'NR % 2 { printf "%s%s", (NR > 1 ? "\t" : ""), $0 } END { print "" }'
    sed 's/^"[a-z0-9_]*": //;s/, "[a-z0-9_]*": /\t/g' "$dir/objects" |
        sed 's/\(^\|\t\)"\([^\t]*\)"/\1\2/g;s/\(^\|\t\)"\([^\t]*\)"/\1\2/g' |
        awk -F '\t' -v OFS='\t' '{
            for (i = 1; i <= NF; i++)
                $i = ($i == "null" ? "-" : $i == "true" ? 1 : $i == "false" ? 0 : $i)
            print }'
}

# same WHAT FILE: it is $dir/want.
same() {
    cmp -s "$dir/want" "$2" || complain "$1 differs: $(diff "$dir/want" "$2" | head -6)"
}

# asked KEY ARGUMENT...: its TSV becomes $dir/want, and its JSON has the same rows under KEY.
asked() {
    local key=$1
    shift
    "$PROPNEU" "$@" -q --format tsv >"$dir/want" || complain "$* --format tsv fails"
    [ "$(wc -l <"$dir/want")" -gt 1 ] || complain "$*: no rows"
    "$PROPNEU" "$@" -q --format json >"$dir/json" || complain "$* --format json fails"
    rows "$dir/json" "$key" >"$dir/got"
    same "$* --format json" "$dir/got"
}

# figure ARGUMENT...: prints $dir/want as TSV and JSON, and writes it beside its drawing.
figure() {
    "$PROPNEU" figure "$@" -q --format tsv >"$dir/got" || complain "figure $* --format tsv fails"
    same "figure $*" "$dir/got"
    "$PROPNEU" figure "$@" -q --format json >"$dir/json" || complain "figure $* --format json fails"
    rows "$dir/json" >"$dir/got"
    same "figure $* --format json" "$dir/got"
    "$PROPNEU" figure "$@" -q -o "$dir/drawn.svg" || complain "figure $* -o fails"
    same "beside figure $*" "$dir/drawn.tsv"
}

# explorer LINES OPTION...: after the LINES, what w saves as TSV and JSON is $dir/want, in SORTED
# order where that is set.
explorer() {
    local lines=$1 order=cat
    shift
    [ -z "${sorted:-}" ] || order='sort'
    rm -f "$dir/saved.tsv" "$dir/saved.json"
    printf '%bsave %s\nsave %s\nquit\n' "$lines" "$dir/saved.tsv" "$dir/saved.json" |
        "$PROPNEU" --plain "$@" >"$dir/out" 2>&1
    if [ ! -s "$dir/saved.tsv" ] || [ ! -s "$dir/saved.json" ]; then
        complain "explorer $*: nothing saved: $(tail -30 "$dir/out")"
        return
    fi
    $order "$dir/want" >"$dir/ordered" && mv "$dir/ordered" "$dir/want"
    $order "$dir/saved.tsv" >"$dir/got"
    same "w, $*" "$dir/got"
    rows "$dir/saved.json" | $order >"$dir/got"
    same "w as JSON, $*" "$dir/got"
}

all=phone,gender,pitch,speaker,each-phone
asked layers layers "$ssl" --property phone --null --draws 20
asked layers layers "$ssl"
figure 4 "$ssl" --property $all
figure 7 "$ssl" --property $all
explorer '' "$ssl" --view layers

# Two files: the rows of one, then of the other.
for file in "$ssl" "$sid"; do
    "$PROPNEU" layers "$file" -q --format tsv
done | awk 'NR == 1 || $1 != "file"' >"$dir/want"
figure 4 "$ssl" "$sid" --property $all
explorer 'form\n' "$ssl" "$sid" --view compare
"$PROPNEU" figure 5 "$ssl" "$sid" --property $all -q --format tsv >"$dir/want"
explorer '' "$ssl" "$sid" --view compare

asked ledger ledger "ssl=$ssl" "sid=$sid" --draws 20
asked null null "$ssl" --property phone --draws 20 --statistic size,full-dim,overlap:gender
asked null null "$ssl" --property phone --draws 20 --seed 3 \
    --statistic size,full-dim,anosim,permanova-f,permdisp,silhouette
explorer '' "$ssl" --view statistics --property phone --draws 20 --seed 3

asked null null "$sid" --property gender --draws 20 --statistic size
figure null "$sid" --property gender --draws 20

# A log of training is its own table, but for the name of the run.
mkdir "$dir/run"
printf 'step\tloss\taccuracy\tlr\tgrad_norm\tskipped\tseconds\tvalid_loss\tvalid_error\n' >"$dir/run/log.tsv"
printf '%d\t2.5\t0.25\t0.001\t1.5\t0\t0.125\t-\t-\n' 1 2 3 >>"$dir/run/log.tsv"
sed '1s/^/run\t/;2,$s/^/run\t/' "$dir/run/log.tsv" >"$dir/want"
figure training "$dir/run"
figure training "$dir/run/log.tsv"
printf 'task\tmethod\tseed\tshare\terror\npr\tl1\t0\t0.5\t0.25\npr\tl1\t1\t0.5\t0.75\n' >"$dir/pruning.tsv"
"$PROPNEU" figure 6 "$dir/pruning.tsv" --format tsv >"$dir/want"
grep -qx 'pr	l1	0.5	0.5	0.25	0.75	2	-	-	-	-' "$dir/want" || complain "figure 6: $(cat "$dir/want")"
figure 9 "$dir/pruning.tsv"
asked neurons stability "$sid" --property gender --draws 20
asked neurons neurons "$sid" --property gender --stable 50% --draws 20
asked sizes stability "$sid" --property phone --draws 20 --sizes
asked layers stability "$sid" --property gender --split 1
asked differences stability "$sid" "$sid" --property gender --draws 20 --difference
asked differences stability "$sid" "$ssl" --property phone --draws 20 --difference --excess --best
asked contrasts stability "$sid" --property phone --draws 20 --contrast 1:2,4

asked confound confound "$sid" --property gender --given pitch --draws 20 --layer 2,4
asked sweep sweep "$sid" --property gender --draws 20 --sigma 70,80 --min-frames 1,100000
asked layers layers "$ssl" --property manner,place
asked neurons neurons "$ssl" --property manner --layer 1
asked points map "$ssl" --property height
asked neurons neurons "$ssl" --property gender --layer 2
sorted=1 explorer '' "$ssl" --view neurons --property gender --layer 2
asked neurons neurons "$sid" --property gender --layer 2 --tests --draws 40

asked neurons neurons "$ssl" --property gender --select lape --size own
asked neurons select "$sid" --property gender --select paper,lape,mi --layer 4
asked neurons select "$sid" --property phone --select margin,log-odds --size 3 --layer 1-2 --all
asked pairs select "$sid" --property phone --select paper,iou,mi,lape --agreement

asked neurons pattern "$ssl" --phone AH --layer 2
figure 2 "$ssl" --phone AH --layer 2
explorer '' "$ssl" --view pattern --phone AH --layer 2
asked neurons pattern "$sid" --phone AH --layer 2 --tests --draws 50

asked points map "$ssl" --property gender --layer 3
figure 3b "$ssl" --layer 3
explorer '' "$ssl" --view map --property gender --layer 3
asked points map "$ssl" --property gender --layer 3 --null --draws 20 --method classical

asked regions overlap "$ssl" --layer 3 phone gender pitch
figure 8 "$ssl" --layer 3
explorer '' "$ssl" --view overlap --layer 3
asked regions overlap "$ssl" --layer 3 phone:lape gender:mi 'gender=male@2:iou'
figure 8 "$ssl" --layer 3 --sets 'phone:lape,gender:mi,gender=male@2:iou'
asked regions overlap "$ssl" --layer 3 phone gender pitch gender:lape
explorer 'add gender:lape\n' "$ssl" --view overlap --layer 3
asked neurons overlap "$ssl" --layer 3 --region 'gender - phone'

both="$demo/models/ssl.safetensors $demo/models/sid.safetensors"
# The path of the tree has no blanks: it is configured from there.
# shellcheck disable=SC2086
{
    asked neurons movement $both
    asked sets movement $both -c "$ssl" --draws 99
}

task="-m $demo/models/sid.safetensors -a $demo/audio --speakers $demo/speakers.tsv --task sid"
# The path of the tree has no blanks: it is configured from there.
# shellcheck disable=SC2086
{
    asked results eval $task --piece 0.4
    asked results eval $task --piece 0.4 --erase gender=male -c "$sid"
    mkdir -p "$XDG_STATE_HOME/propneu/experiments"
    journal=$XDG_STATE_HOME/propneu/experiments/one.journal
    asked cells erase --matrix $task -c "$sid" --property gender --piece 0.4 --controls 2 \
        --journal "$journal"
    explorer '' "$ssl" --view experiments
    rm "$journal"
    asked points prune --curve $task -c "$sid" --protect gender --piece 0.4 --keep 50% --draws 2 \
        --journal "$journal"
    explorer '' "$ssl" --view experiments
}

# What is missing is "-" and null wherever it is, and nothing is a negative zero.
"$PROPNEU" import -q "$srcdir/tests/data/analysis_d256/gender/prob.pkl" --condition gender \
    -o "$dir/g.counts" || complain 'import'
asked neurons pattern "$dir/g.counts" --phone AA --where gender=male
grep -q '	-	' "$dir/want" || complain "an import has frames: $(head -2 "$dir/want")"
grep -rqE '(^|	)-0(\.0*)?(	|$)' "$dir"/*.tsv && complain 'a negative zero'
exit $failed
