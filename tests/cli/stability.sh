#!/bin/bash
# stability: what it prints in every mode and format, and what it refuses.
. "$srcdir/tests/cli/lib.sh"
export PROPNEU_DATA=$srcdir/data
[ -x "$top_builddir/tests/cli/make_counts" ] || exit 77
toy=$dir/toy.counts
"$top_builddir/tests/cli/make_counts" "$toy" || exit 1
counts=$srcdir/data/demo/counts
sid=$counts/sid.counts

# prints WORDS ARGUMENT...: succeeds and has WORDS on stdout, which stays in $dir/out.
prints() {
    local word=$1
    shift
    "$PROPNEU" "$@" >"$dir/out" 2>"$dir/err" || complain "$*: exit status $?: $(cat "$dir/err")"
    grep -qF -- "$word" "$dir/out" || complain "$*: no '$word' in: $(cat "$dir/out")"
}

fast="--property gender --draws 99"
# shellcheck disable=SC2086 # words
{
    prints '99 draws of 14 speakers within gender' stability "$sid" $fast --strata none
    prints 'property	layer	neuron	group	member	share' stability "$sid" $fast --format tsv
    cp "$dir/out" "$dir/list"
    # Members are the group neurons, and others have a share of .05 or more.
    "$PROPNEU" neurons "$sid" --property gender --format tsv | awk -F '\t' '
        NR > 1 { print $2, $3, $4 }' | sort >"$dir/want"
    awk -F '\t' 'NR > 1 && $5 { print $2, $3, $4 }' "$dir/list" | sort >"$dir/got"
    cmp -s "$dir/want" "$dir/got" || complain 'stability: members are not the group neurons'
    awk -F '\t' 'NR > 1 && ($6 < 0 || $6 > 1 || (!$5 && $6 < .05)) { exit 1 }' "$dir/list" ||
        complain "stability: a share out of range: $(cat "$dir/list")"
    prints 'share' stability "$sid" $fast --format tsv --all
    [ "$(wc -l <"$dir/out")" -gt "$(wc -l <"$dir/list")" ] || complain 'stability: --all lists no more'
    # The same draws on any number of threads; another seed, other draws.
    for threads in 1 2 7; do
        prints 'share' stability "$sid" $fast --format tsv -j $threads
        cmp -s "$dir/out" "$dir/list" || complain "stability: another result with -j $threads"
    done
    prints 'share' stability "$sid" $fast --format tsv --seed 1
    cmp -s "$dir/out" "$dir/list" && complain 'stability: --seed changes nothing'

    # neurons --stable lists the members whose share is large enough, with it.
    prints 'stability' neurons "$sid" $fast --stable 70% --format tsv
    awk -F '\t' 'NR > 1 { print $2, $3, $4, $12 }' "$dir/out" | sort >"$dir/got"
    awk -F '\t' 'NR > 1 && $5 && $6 >= .7 { print $2, $3, $4, $6 }' "$dir/list" | sort >"$dir/want"
    cmp -s "$dir/want" "$dir/got" || complain "neurons --stable: $(diff "$dir/want" "$dir/got")"
    [ -s "$dir/want" ] || complain 'no neuron is stable'
    prints 'p	q	stability' neurons "$sid" $fast --stable 70 --tests --layer 1 --format tsv
    prints 'property neurons in at least 70 % of the draws' neurons "$sid" $fast --stable 70
    prints '"drawn": "speakers"' neurons "$sid" $fast --stable 70 --format json

    prints 'no confidence interval' stability "$sid" $fast --sizes
    prints 'property	layer	observed	mean	low	high	bias' stability "$sid" $fast --sizes --layer 2,4 \
        --format tsv
    awk -F '\t' 'NR > 1 { d = $4 - $3 - $7; rows++
        if ($5 > $4 || $4 > $6 || d > 1e-6 || d < -1e-6) exit 1 } END { exit rows != 2 }' "$dir/out" ||
        complain "stability: sizes: $(cat "$dir/out")"
    for word in '"drawn": "speakers"' '"within": "gender' '"draws": 99' '"sizes"'; do
        prints "$word" stability "$sid" $fast --sizes --format json
    done

    prints 'looked for in the other 7' stability "$sid" --property gender --split 3
    prints 'size_chosen	size_kept	silhouette_chosen	silhouette_kept' stability "$sid" \
        --property gender --split 3 --format tsv
    awk -F '\t' 'NR > 1 && $4 > $3 { exit 1 }' "$dir/out" || complain "stability: $(cat "$dir/out")"

    prints 'b: ' stability "$sid" "$sid" $fast --difference
    prints 'property	layer	statistic	a	b	difference	low	high	p' stability "$sid" "$sid" $fast \
        --difference --statistic size:female,anosim --layer 3 --format tsv
    awk -F '\t' 'NR > 1 && ($4 != $5 || $6 || $7 != "-" || $8 != "-" || $9 != "-") { exit 1 }
        END { exit NR != 3 }' "$dir/out" || complain "a file differs from itself: $(cat "$dir/out")"
    grep -q 'anosim: no interval: all draws are alike' "$dir/err" || complain "$(cat "$dir/err")"
}

# Layers against others, and the best layers of two models.
prints 'layers 1 minus the best of 2,4' stability "$sid" --property phone --draws 19 --contrast 1:2,4 --best
prints 'property	layers	against	best	statistic' stability "$sid" --property phone --draws 19 \
    --contrast 1-2:4,3 --statistic full-dim --format tsv
awk -F '\t' 'NR == 2 && $2 == "1-2" && $3 == "3-4" && $4 == 0 { d = $6 - $7 - $8; hit = d < 1e-9 && d > -1e-9 }
    END { exit !hit || NR != 2 }' "$dir/out" || complain "--contrast: $(cat "$dir/out")"
prints ' best  full-dim' stability "$sid" "$sid" --property phone --draws 19 --difference --best --excess
refuses 2 'on both sides' stability "$sid" --property phone --contrast 1-2:2
refuses 2 'LAYERS:LAYERS' stability "$sid" --property phone --contrast 1
refuses 1 'no layer 9' stability "$sid" --property phone --contrast 1:9
prints 'tokens exchanged' stability "$counts/ssl.counts" --property pitch --draws 9 --contrast 1:2 \
    --tokens "$counts/ssl.counts.tokens"
refuses 1 'is not of' stability "$sid" --property pitch --draws 9 --contrast 1:2 \
    --tokens "$counts/ssl.counts.tokens"
refuses 2 'needs --contrast' stability "$sid" --property pitch --tokens "$counts/ssl.counts.tokens"
# A labeling without another: no p of any setting, and a note beside p = 1.
one=(--property gender --where speaker=M1,M2 --draws 9 --layer 1)
prints 'layer 1: no p' sweep "$sid" "${one[@]}" --sigma 80 --min-frames 1
grep -q 'under 1 setting:' "$dir/out" || complain "sweep: settings: $(cat "$dir/out")"
grep -q 'no other labeling' "$dir/err" || complain "sweep: no note: $(cat "$dir/err")"
for what in null 'neurons --tests' 'layers --null'; do
    [ "$what" != 'layers --null' ] || one=("${one[@]:0:6}")
    # shellcheck disable=SC2086 # words
    "$PROPNEU" $what "$sid" "${one[@]}" >"$dir/out" 2>"$dir/err" || complain "$what: $(cat "$dir/err")"
    grep -q 'no other labeling' "$dir/err" || complain "$what: no note: $(cat "$dir/err")"
done
refuses 1 'exchanges tokens' stability "$sid" --property pitch --draws 9 --contrast 1:2

# Fewer than 10 speakers, and strata of few, are said.
prints 'within gender' stability "$sid" --property gender --draws 9 --where speaker=F1,F2,M1,M2
grep -q '4 speakers: intervals are too narrow' "$dir/err" || complain "no note: $(cat "$dir/err")"
prints 'within gender' stability "$sid" --property gender --draws 9 --strata engine \
    --speakers "$srcdir/data/demo/speakers.tsv"
grep -q 'not within engine' "$dir/err" || complain "no note: $(cat "$dir/err")"
"$PROPNEU" stability "$sid" -q --property gender --draws 9 --where speaker=F1,M1 >"$dir/out" \
    2>"$dir/err" || complain "two speakers: $(cat "$dir/err")"
[ ! -s "$dir/err" ] || complain "-q: $(cat "$dir/err")"

# A group of one speaker never varies: no interval, no p, no halves, but a reason.
prints '"low": null, "high": null, "p": null' stability "$sid" "$counts/ssl.counts" --property gender \
    --draws 99 --difference --where speaker=F1,F2,M1 --format json
grep -q '"note": "no interval: male has only one speaker"' "$dir/out" || complain "$(cat "$dir/out")"
prints '"p": null' stability "$sid" --property gender --contrast 1:2 --draws 99 --format json \
    --where speaker=F1,M1
prints '"share": null' stability "$sid" --property gender --draws 9 --where speaker=F1,M1 --format json
prints 'male              9           -           -           -              -' stability "$sid" \
    --property gender --draws 9 --where speaker=F1,M1
prints '"mean": null' stability "$sid" --property gender --draws 9 --where speaker=F1,M1 --sizes \
    --format json
refuses 1 'cannot be halved: male has only one speaker' stability "$sid" --property gender --split 1 \
    --where speaker=F1,F2,M1
refuses 1 'cannot be halved' stability "$sid" --property phone --split 1 --where speaker=M1

# Files of other recordings are compared, which is said.
sed 's/"utterance_digest":"./"utterance_digest":"e/' "$sid" >"$dir/other.counts"
prints '"note": "' stability "$sid" "$dir/other.counts" --property gender --draws 9 --difference \
    --layer 1 --format json
grep -q 'not counted from the same recordings' "$dir/out" || complain "$(cat "$dir/out")"
grep -q 'not counted from the same recordings' "$dir/err" || complain "$(cat "$dir/err")"

refuses 1 "without the factor 'speaker'" neurons "$toy" --property gender --stable 90
refuses 2 'percentage' neurons "$sid" --property gender --stable 0%
refuses 2 'takes a number of --draws' neurons "$sid" --property gender --stable 90 --draws all
refuses 2 'published rule' neurons "$sid" --property gender --stable 90 --select mi
refuses 2 'no room' neurons "$sid" --property gender --stable 90 --format authors
refuses 2 '--tests and --stable' neurons "$sid" --property gender --draws 9
refuses 1 "without the factor 'speaker'" stability "$toy" --property gender
refuses 1 "without the factor 'utterance'" stability "$sid" --property speaker
refuses 1 "no property 'luck'" stability "$sid" --property luck
refuses 1 'no layer 9' stability "$sid" --property gender --layer 9
refuses 1 'has no group' stability "$sid" "$sid" --property gender --difference --statistic size:x
for wrong in '' '--property gender --sizes --split 1' '--property gender --difference' \
    '--property gender --split one' '--property gender --draws 0' '--property gender --sizes --all' \
    '--property gender --statistic size' "--property gender $sid" \
    "--property gender --difference --statistic overlap:phone $sid" '--property gender --best' \
    '--property gender --excess --contrast 1:2' '--property gender --layer 1 --contrast 1:2' \
    '--property gender --contrast 1:2 --statistic size:female'; do
    # shellcheck disable=SC2086 # words
    "$PROPNEU" stability "$sid" $wrong >"$dir/out" 2>"$dir/err"
    [ $? = 2 ] || complain "stability $wrong: not refused as usage: $(cat "$dir/err")"
    [ ! -s "$dir/out" ] || complain "stability $wrong: something on stdout"
done
exit $failed
