#!/bin/bash
# Selectors: propneu select, --select and --size of the commands that take sets, and NAME:SELECTOR in
# set expressions.
. "$srcdir/tests/cli/lib.sh"
demo=$srcdir/data/demo
export PROPNEU_DATA=$srcdir/data
sid=$demo/counts/sid.counts
model=$demo/models/sid.safetensors
names=$("$PROPNEU" select --help | sed -n '/^Selectors:/,/^$/s/^  \([a-z-]*\)  .*/\1/p')
[ "$(echo "$names" | wc -l)" -ge 8 ] || complain "select --help lists: $names"

# prints WORDS ARGUMENT...: succeeds and has WORDS on stdout, which stays in $dir/out.
prints() {
    local word=$1
    shift
    "$PROPNEU" "$@" >"$dir/out" 2>"$dir/err" || complain "$*: exit status $?: $(cat "$dir/err")"
    grep -qF -- "$word" "$dir/out" || complain "$*: no '$word' in: $(head -20 "$dir/out")"
}

# chosen SELECTOR: "layer group neurons" of the rows of $dir/out that are chosen.
chosen() {
    awk -F '\t' -v s="$1" '$5 == s && $8 == 1 { n[$2 " " $4]++ } END { for (k in n) print k, n[k] }' \
        "$dir/out" | sort
}

# Equal sizes, which are those of the published sets; ranks of a top list are 1, 2, ...
every=$(echo "$names" | grep -v pauc | paste -sd,)
prints 'property	layer	neuron	group	selector	score	rank	chosen' \
    select "$sid" --property gender --select "$every" --format tsv
for name in ${every//,/ }; do
    [ "$(chosen "$name")" = "$(chosen paper)" ] || complain "$name: not the sizes of paper"
    [ "$name" = paper ] || awk -F '\t' -v s="$name" '$5 == s && $8 == 1 && $7 > 60 { exit 1 }' \
        "$dir/out" || complain "$name: a rank beyond its size"
done
"$PROPNEU" neurons "$sid" --property gender --format tsv | awk -F '\t' 'NR > 1 { print $2, $3, $4 }' |
    sort >"$dir/want"
awk -F '\t' '$5 == "paper" && $8 == 1 { print $2, $3, $4 }' "$dir/out" | sort | cmp -s - "$dir/want" ||
    complain "paper is not what neurons lists"
# Every neuron that one chooses has a row of each.
rows=$(awk -F '\t' 'NR > 1 { n[$5]++ } END { for (k in n) print n[k] }' "$dir/out" | sort -u | wc -l)
[ "$rows" = 1 ] || complain "selectors have different rows"
prints 'gender' select "$sid" --property gender --select mi --layer 2 --all --format tsv
[ "$(wc -l <"$dir/out")" = 1025 ] || complain "--all: not 2 x 512 rows"
grep -q '	-	0$' "$dir/out" || complain "mi: every neuron has a rank in every group"

prints 'entropy of the groups 0.69' select "$sid" --property gender --select paper,mi --layer 4
[ "$(grep -c 'mi .*male  *3[0-9]:' "$dir/out")" = 1 ] || complain "select: no mi of male: $(cat "$dir/out")"
prints 'kappa 100' select "$sid" --property phone --select log-odds --layer 1
[ "$("$PROPNEU" neurons "$sid" --property gender --select lape --size own --format tsv | tail -n +2 |
    wc -l)" = 20 ] || complain "lape: not 1 % of 2048 neurons"
prints 'selected by margin (size 7)' neurons "$sid" --property phone --select margin --size 7 --groups
[ "$(grep -c ' 7: ' "$dir/out")" = 12 ] || complain "--size 7: $(cat "$dir/out")"
prints '"select": "iou"' neurons "$sid" --property gender --select iou --format json --groups
grep -q '"members"' "$dir/out" && complain "N of another rule than the published one"

prints 'layer	selector_a	selector_b	size_a	size_b	shared	jaccard	spearman' \
    select "$sid" --property gender --select paper,lape,iou --agreement --format tsv --layer 1,3-4
[ "$(wc -l <"$dir/out")" = 10 ] || complain "agreement: not 3 pairs in 3 layers"
prints '3	lape	iou	54	52	52	0.962962963' \
    select "$sid" --property gender --select lape,iou --agreement --format tsv

# The same set by --select, by :SELECTOR, with and without a layer.
region() {
    "$PROPNEU" overlap "$sid" --layer 4 "$@" 2>&1
}
want=$(region --region 'gender=male:mi')
[ -n "$want" ] || complain "gender=male:mi is empty"
[ "$(region --region 'gender=male' --select mi)" = "$want" ] || complain '--select mi differs'
[ "$("$PROPNEU" overlap "$sid" --region 'gender=male@4:mi')" = "$want" ] || complain '@4:mi differs'
[ "$(region --region 'gender=male:paper' --select mi)" = "$(region --region gender=male)" ] ||
    complain ':paper is not paper'
[ "$(region --size 9 --region 'gender=male:mi' | wc -l)" = 9 ] || complain '--size 9 of :mi'

# Figures say which rule it was.
prints 'gender:lape' figure 8 "$sid" --layer 4 --sets gender,phone --select lape --format tsv
"$PROPNEU" figure 7 "$sid" --property gender --select lape --size own -o "$dir/f.svg" 2>"$dir/err" ||
    complain "figure 7: $(cat "$dir/err")"
grep -q 'property neurons by lape' "$dir/f.svg" || complain 'figure 7 does not name the rule'
[ "$(cut -f 8 "$dir/f.tsv" | paste -sd' ')" = 'property_neurons 1 2 15 2' ] ||
    complain "figure 7: not the neurons of lape: $(cat "$dir/f.tsv")"

# Edits: the same neurons, named in the manifest.
"$PROPNEU" erase -q -m "$model" -c "$sid" --set gender=male --select mi -o "$dir/a" 2>"$dir/err" &&
    "$PROPNEU" erase -q -m "$model" -c "$sid" --set gender=male:mi -o "$dir/b" 2>>"$dir/err" ||
    complain "erase: $(cat "$dir/err")"
cmp -s "$dir/a/neurons.txt" "$dir/b/neurons.txt" || complain 'erase: other neurons'
grep -q '"select": "mi"' "$dir/a/manifest.json" || complain 'the manifest names no rule'
grep -q '"select"' "$dir/b/manifest.json" && complain 'the manifest names a rule that was not asked for'
"$PROPNEU" prune -q -m "$model" -c "$sid" --keep 50% --protect gender:lape --size own -o "$dir/p" \
    2>"$dir/err" || complain "prune: $(cat "$dir/err")"
task="-m $model -a $demo/audio --speakers $demo/speakers.tsv --task sid --piece 0.4"
# The path of the tree has no blanks: it is configured from there.
# shellcheck disable=SC2086
prints 'without gender=male, selected by mi (size paper)' \
    eval -q $task -c "$sid" --erase gender=male --select mi

# A damage matrix of a rule, at the sizes of the published sets; a journal of another rule is refused.
# shellcheck disable=SC2086
{
    prints 'gender, selected by iou (size paper), erased' erase -q --matrix $task -c "$sid" \
        --property gender --select iou --controls 2 --journal "$dir/j" --format json
    grep -q '"erased": "male", "layer": null, "neurons": 95' "$dir/out" ||
        complain "matrix: not the size of the published set: $(cat "$dir/out")"
    cp "$dir/out" "$dir/iou"
    prints '"kind": "matrix"' experiment -q "$dir/j" --format json
    cmp -s "$dir/out" "$dir/iou" || complain 'a journal does not go on with its rule'
    refuses 1 'another --select (iou, not paper)' erase -q --matrix $task -c "$sid" --property gender --controls 2 --journal "$dir/j"
}

refuses 2 'paper lape' select "$sid" --property gender --select nonsense
refuses 2 'twice' select "$sid" --property gender --select mi,mi
refuses 2 'needed' select "$sid" --property gender
refuses 2 'two selectors' select "$sid" --property gender --select mi --agreement
refuses 2 '--all goes with' select "$sid" --property gender --select mi --all
refuses 2 'no size of its own' select "$sid" --property gender --select mi --size own
refuses 2 '--size is paper, own or a number' neurons "$sid" --property gender --select mi --size all
refuses 1 'several lambdas' select "$sid" --property gender --select pauc
refuses 1 'several lambdas' overlap "$sid" gender:pauc
refuses 2 'exclude each other' neurons "$sid" --property gender --select mi --compat authors
refuses 2 'published rule' neurons "$sid" --property gender --select mi --format authors
refuses 2 'figures 7 and 8' figure 4 "$sid" --select mi
refuses 2 'need a count file' erase -m "$model" --set '{1:3}' --select mi -o "$dir/new"
refuses 2 'go with a set' prune -m "$model" -c "$sid" --keep 50% --size 5 -o "$dir/new"
refuses 1 "no selector 'lap'" overlap "$sid" gender:lap
refuses 2 'before' overlap "$sid" gender:lape@2
refuses 1 'no layer 5' select "$sid" --property gender --select mi --layer 2-5
# shellcheck disable=SC2086
refuses 2 'need --erase' eval $task --select mi
exit $failed
