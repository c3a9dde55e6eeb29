#!/bin/sh
# The guided tour and scripts without a terminal, and the conventions all commands keep.
. "$srcdir/tests/cli/lib.sh"
LC_ALL=C.UTF-8
export LC_ALL
counts=$srcdir/data/demo/counts/ssl.counts

# The tour as text: every step, 24 lines each, an empty one between, no number missing.
"$PROPNEU" demo >"$dir/tour" 2>"$dir/err" </dev/null || complain "demo: $(cat "$dir/err")"
steps=$(grep -c '^wait' "$srcdir/data/demo/tour.txt")
[ "$(grep -c "^── [0-9]* of $steps ──" "$dir/tour")" = "$steps" ] || complain "demo: not $steps steps"
[ "$(wc -l <"$dir/tour")" = $((steps * 25 - 1)) ] || complain "demo: $(wc -l <"$dir/tour") lines"
[ ! -s "$dir/err" ] || complain "demo said: $(cat "$dir/err")"
"$PROPNEU" demo --dump=120x40 -o "$dir/large" || complain "demo --dump=120x40 failed"
[ "$(wc -l <"$dir/large")" = $((steps * 41 - 1)) ] || complain "demo: 120x40 is another size"
"$PROPNEU" demo --dump --ascii --step "$steps" >"$dir/last"
[ "$(wc -l <"$dir/last")" = 24 ] || complain "--step does not begin there"
LC_ALL=C grep -q '[^ -~]' "$dir/last" && complain "--ascii printed something else"

# Its numbers are those of the commands.
said=$(tr '\n' ' ' <"$dir/tour" |
    sed -n 's/.*For gender that is  *layer \([0-9]*\), with \([0-9.]*\)\. .*/\1 \2/p')
is=$("$PROPNEU" layers "$srcdir/data/demo/counts/sid.counts" --property gender --format json |
    sed -n 's/.*"best_layer": \([0-9]*\).*/\1/p; s/.*"silhouette": \([0-9.]*\).*/\1/p' |
    awk 'NR == 1 { best = $1 } NR == best + 1 { printf "%d %.3f\n", best, $1 }')
[ -n "$said" ] && [ "$said" = "$is" ] || complain "the tour says '$said', the command '$is'"

# null PROPERTY STATISTIC [OPTION...]: observed, by chance and p in the fourth layer of the speaker model.
null() {
    property=$1 statistic=$2
    shift 2
    "$PROPNEU" null "$srcdir/data/demo/counts/sid.counts" --property "$property" --format tsv \
        --statistic "$statistic" "$@" |
        awk -F '\t' -v digits="$([ "$statistic" = size ] && echo 1 || echo 3)" '
            $2 == 4 { printf "%.*f %.*f %.*f\n", digits == 1 ? 0 : 3, $4, digits, $9, digits == 1 ? 3 : 4, $13 }'
}
flat=$(tr '\n' ' ' <"$dir/tour" | tr -s ' ')
set -- --strata engine --speakers "$srcdir/data/demo/speakers.tsv"
said=$(echo "$flat" |
    sed -n 's/.*Are the \([0-9]*\) + \([0-9]*\) gender .* have \([0-9.]*\) neurons .*; p = \([0-9.]*\),.*/\1 \2 \3 \4/p' |
    awk '{ print $1 + $2, $3, $4 }')
is=$(null gender size "$@")
[ -n "$said" ] && [ "$said" = "$is" ] || complain "gender neurons: the tour says '$said', the command '$is'"
said=$(echo "$flat" | sed -n 's/.* silhouette is \([0-9.]*\), and \([0-9.]*\) by chance, p = \([0-9.]*\)\. .*/\1 \2 \3/p')
is=$(null gender full-dim "$@")
[ -n "$said" ] && [ "$said" = "$is" ] || complain "gender: the tour says '$said', the command '$is'"
said=$(echo "$flat" | sed -n 's/.* only \([0-9.]*\) on the distances, but \([-0-9.]*\) by chance, p = \([0-9.]*\)\. .*/\1 \2 \3/p')
is=$(null phone full-dim)
[ -n "$said" ] && [ "$said" = "$is" ] || complain "phone: the tour says '$said', the command '$is'"

# Scripts of one's own, whole and broken.
printf 'press 3 p\nsay stress {stress}\n' >"$dir/script"
"$PROPNEU" explore "$counts" --demo "$dir/script" --dump >"$dir/out" || complain "explore --demo failed"
grep -q '^stress 0\.[0-9]*$' "$dir/out" || complain "no stress in: $(cat "$dir/out")"
printf 'press 3\nsay {\n' >"$dir/broken"
refuses 1 'broken: line 2' explore "$counts" --demo "$dir/broken"
refuses 1 'nothing' explore "$counts" --demo "$dir/nothing"
refuses 1 'no step 9' explore "$counts" --demo "$dir/script" --step 9
refuses 2 '--demo FILE' explore "$counts" --auto
refuses 2 '--auto takes' demo --auto=0
refuses 2 '--step takes' demo --step=0
refuses 2 'needs a terminal' explore "$counts" --record "$dir/new.counts"
refuses 2 'bundled data' demo "$counts"
mkdir -p "$dir/demo/counts" && cp "$counts" "$dir/demo/counts"
PROPNEU_DATA=$dir "$PROPNEU" demo >"$dir/out" 2>"$dir/err"
[ $? = 1 ] && grep -q 'tour.txt' "$dir/err" || complain "a missing tour is not named"

# --help and --version on stdout and 0; -- ends the options; wrong usage is 2 on one line of stderr.
for command in '' $("$PROPNEU" --help |
    sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\)  .*/\1/p'); do
    # shellcheck disable=SC2086
    "$PROPNEU" $command --help >"$dir/out" 2>"$dir/err" || complain "$command --help: not 0"
    grep -q '^Usage: propneu' "$dir/out" && [ ! -s "$dir/err" ] || complain "$command --help: not on stdout"
    # shellcheck disable=SC2086
    [ -z "$command" ] || refuses 2 --help $command --no-such-option
done
"$PROPNEU" --version >"$dir/out" 2>"$dir/err" || complain "--version: not 0"
grep -q '^propneu [0-9]' "$dir/out" && [ ! -s "$dir/err" ] || complain "--version: not on stdout"
grep -q '^kernels [a-z0-9]* (PROPNEU_KERNELS=.*portable)$' "$dir/out" || complain '--version: no kernels'
PROPNEU_KERNELS=portable "$PROPNEU" --version | grep -q '^kernels portable ' || complain 'kernels are not chosen'
cp "$counts" "$dir/--help"
cd "$dir" || exit 1
"$PROPNEU" info -- --help | grep -q 'layers' || complain "info: -- does not end the options"
"$PROPNEU" explore --dump -- --help | grep -q '^--help' || complain "explore: -- does not end the options"
"$PROPNEU" -- --help | grep -q '^--help' || complain "propneu: -- does not end the options"
exit $failed
