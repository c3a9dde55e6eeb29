#!/bin/bash
# neurons --tests and pattern --tests, in every format; what goes with them and what does not.
. "$srcdir/tests/cli/lib.sh"
LC_ALL=C
export LC_ALL
sid=$srcdir/data/demo/counts/sid.counts ssl=$srcdir/tests/data/statistics/ssl.counts
strata="--strata engine --speakers $srcdir/data/demo/speakers.tsv"
classes="neurons $sid --property phone --layer 2 --tests -q"
tested="neurons $sid --property gender --layer 2 --tests -q"

# column NAME: the cells of that column in $dir/rows.
column() {
    awk -F '\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        { print $c }' "$dir/rows"
}

# The rows are those without tests, and two columns.
# The options have blanks between them alone.
# shellcheck disable=SC2086
{
    "$PROPNEU" $tested $strata --format tsv >"$dir/rows" || complain 'tests fail'
    "$PROPNEU" neurons "$sid" --property gender --layer 2 --format tsv >"$dir/plain"
    rev "$dir/rows" | cut -f3- | rev | cmp -s - "$dir/plain" || complain 'other rows with --tests'
    head -1 "$dir/rows" | grep -q '	p	q$' || complain "columns: $(head -1 "$dir/rows")"
    # 630 labelings: every p is a number of them.
    column p | awk '{ n = $1 * 630; if (n < 0.999 || n - int(n + 0.5) > 1e-4 || int(n + 0.5) - n > 1e-4)
        exit 1 }' || complain "no 630ths: $(column p)"
    paste <(column p) <(column q) | awk '$2 < $1 || $2 > 1 { exit 1 }' || complain 'q below p'

    "$PROPNEU" $tested $strata --format json >"$dir/out"
    grep -qF '"exchanged": "speakers", "strata": "engine", "draws": 630, "enumerated": true' \
        "$dir/out" || complain "no tests in JSON: $(grep -A2 '"tests"' "$dir/out")"
    "$PROPNEU" $tested $strata >"$dir/out"
    for words in 'labels of speakers exchanged within engine, all 630 labelings' \
        'the smallest p and q they allow: 0.00159' 'Benjamini-Hochberg' 'of 512 neurons'; do
        grep -qF "$words" "$dir/out" || complain "no '$words' in: $(head -8 "$dir/out")"
    done

    # Other rates from the same p; the same draws on any number of threads.
    "$PROPNEU" $classes --draws 200 -j 1 --format tsv >"$dir/rows"
    column p >"$dir/p" && column q >"$dir/q"
    for fdr in by storey; do
        "$PROPNEU" $classes --draws 200 -j 3 --fdr $fdr --format tsv >"$dir/rows"
        column p | cmp -s - "$dir/p" || complain "--fdr $fdr: another p"
        [ $fdr = storey ] || ! column q | cmp -s - "$dir/q" || complain "--fdr $fdr: the same q"
    done
    "$PROPNEU" $classes --draws 200 --seed 1 --format tsv >"$dir/rows"
    column p | cmp -s - "$dir/p" && complain 'another seed, the same p'
}

"$PROPNEU" neurons "$sid" --property gender --layer 2 --tests --draws 3 |
    grep -q 'middle frames' && complain 'gender is of no tokens'
"$PROPNEU" neurons "$srcdir/data/demo/counts/ssl.counts" --property pitch --layer 1 --tests --draws 3 |
    grep -q "p and q are of the tokens' middle frames" || complain 'p of which frames?'

refuses 1 "without the factor 'speaker'" neurons "$ssl" --property gender --tests
refuses 1 'each-phone' neurons "$ssl" --property each-phone --tests
refuses 2 'are for --tests' neurons "$sid" --property gender --draws 5
refuses 2 'are for --tests' neurons "$sid" --property gender --fdr by
refuses 2 'bh, by or storey' neurons "$sid" --property gender --tests --fdr bonferroni
refuses 2 'authors' neurons "$sid" --property gender --tests --format authors

# Patterns: speakers as units; the columns come last and change no others.
pattern="pattern $sid --phone AH --layer 2 -q"
# shellcheck disable=SC2086
{
    "$PROPNEU" $pattern --tests --draws 300 -j 1 --format tsv >"$dir/rows" || complain 'no tests'
    "$PROPNEU" $pattern --tests --draws 300 -j 3 --format tsv | cmp -s - "$dir/rows" ||
        complain 'threads change the intervals'
    "$PROPNEU" $pattern --format tsv >"$dir/plain"
    rev "$dir/rows" | cut -f6- | rev | cmp -s - "$dir/plain" || complain 'other rows with --tests'
    head -1 "$dir/rows" | grep -q '	test	p_baseline	p_elsewhere	cluster_low	cluster_high$' ||
        complain "columns: $(head -1 "$dir/rows")"
    column test | sort -u | grep -qx speakers || complain 'not by speakers'
    paste <(column cluster_low) <(column p) <(column cluster_high) |
        awk '$1 > $3 { exit 1 } $1 > $2 || $3 < $2 { n++ } END { exit n > NR / 20 }' ||
        complain 'p is not in its interval'
    "$PROPNEU" $pattern --tests --draws 300 --format json >"$dir/out"
    grep -qF '"within": "gender"' "$dir/out" || complain 'JSON does not say what is drawn'
    "$PROPNEU" $pattern --tests --draws 300 >"$dir/out"
    for words in 'as if frames were independent' '14 speakers as units' \
        '300 draws of speakers within gender'; do
        grep -qF "$words" "$dir/out" || complain "no '$words' in: $(head -8 "$dir/out")"
    done
}
refuses 1 "without the factor 'speaker'" pattern "$ssl" --phone AH --tests
refuses 2 'are for --tests' pattern "$sid" --phone AH --draws 5
exit $failed
