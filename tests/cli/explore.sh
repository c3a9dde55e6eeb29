#!/bin/sh
# The explorer without a terminal: what it prints, and how it refuses.
. "$srcdir/tests/cli/lib.sh"
LC_ALL=C.UTF-8
export LC_ALL

# expect STATUS TEXT COMMAND...: the exit status, and a text on standard error or output.
expect() {
    status=$1 text=$2
    shift 2
    "$@" >"$dir/out" 2>"$dir/err" </dev/null
    got=$?
    [ $got -eq "$status" ] || complain "$*: exit status $got, not $status"
    grep -q -e "$text" "$dir/out" "$dir/err" || complain "$*: no '$text' in: $(cat "$dir/out" "$dir/err")"
}

prob=$srcdir/tests/data/analysis_d256/gender/prob.pkl
"$PROPNEU" -q import "$prob" --condition gender -o "$dir/g.counts" 2>/dev/null ||
    "$PROPNEU" import -q "$prob" --condition gender -o "$dir/g.counts" ||
    complain "import failed"

expect 0 'best silhouette' "$PROPNEU" "$dir/g.counts"
expect 0 '^> *2 ' "$PROPNEU" explore "$dir/g.counts" --layer 2
expect 0 'silhouette' "$PROPNEU" --view map --dump=120x40 "$dir/g.counts"
[ "$(wc -l <"$dir/out")" -eq 40 ] || complain "not 40 lines"
expect 0 'terminal too small' "$PROPNEU" --dump=39x9 "$dir/g.counts"
expect 0 'set' "$PROPNEU" --ascii --view overlap --dump "$dir/g.counts"
LC_ALL=C grep -q '[^ -~]' "$dir/out" && complain "--ascii printed something else"
expect 2 'no view' "$PROPNEU" --view nothing "$dir/g.counts"
expect 1 'no property' "$PROPNEU" --property pitch "$dir/g.counts"
expect 1 'no layer 99' "$PROPNEU" --layer 99 "$dir/g.counts"
expect 1 'no phone' "$PROPNEU" --phone QQ "$dir/g.counts"
expect 2 'COLSxROWS' "$PROPNEU" --dump=80 "$dir/g.counts"
expect 2 "did you mean 'layers'" "$PROPNEU" layrs
expect 2 'no command and no file' "$PROPNEU" "$dir/nothing"
expect 1 'nothing' "$PROPNEU" explore "$dir/nothing"
expect 1 'no count files of the demo' env PROPNEU_DATA="$dir" "$PROPNEU"
expect 1 'prob.pkl' "$PROPNEU" "$prob"

# Phone features: by name, in the list of conditions, and in a set.
feature=$srcdir/tests/data/statistics/ssl.counts
expect 0 'manner: best silhouette 0.075 in layer 4' "$PROPNEU" "$feature" --property manner
expect 0 '^  manner  *-0.019     0.016   46 in 6 groups' "$PROPNEU" "$feature" --property manner
expect 1 'or a phone feature such as manner' "$PROPNEU" --property colour "$feature"
printf 'conditions\nlast\nchoose\nclose\nmap\nquit\n' | "$PROPNEU" --plain "$feature" >"$dir/out" 2>&1
grep -q 'nasality: 39 patterns' "$dir/out" || complain "conditions: $(tail -30 "$dir/out")"
expect 0 'manner: 9999 labelings, classes exchanged' "$PROPNEU" "$feature" --property manner \
    --view statistics
printf 'overlap\nadd place=labial\nlayers\nquit\n' | "$PROPNEU" --plain "$feature" >"$dir/out" 2>&1
grep -q '^  place  *-0.247    -0.024   61 in 6 groups' "$dir/out" ||
    complain "a feature in a set is not computed: $(tail -30 "$dir/out")"

# The pattern's numbers are those of the command, and conditions mean the same.
demo=$srcdir/data/demo/counts/ssl.counts
for where in '' '--where gender=female'; do
    # shellcheck disable=SC2086
    "$PROPNEU" "$demo" --view pattern --phone ah --layer 2 $where --dump=120x40 |
        sed -n 's/.* \([0-9]*\*\)  *\(0\.[0-9]*\)  \([-0-9.]*\)  *\([0-9.]*\)$/\1 \2 \3 \4/p' >"$dir/screen"
    # shellcheck disable=SC2086
    "$PROPNEU" pattern "$demo" --phone AH --layer 2 $where --top 35 |
        sed -n '/^neuron /,$p' | awk 'NR > 1 { print $1, $2, $4, $5 }' >"$dir/command"
    [ "$(wc -l <"$dir/screen")" -eq 35 ] || complain "pattern $where: not 35 rows"
    cmp -s "$dir/screen" "$dir/command" ||
        complain "pattern $where: $(diff "$dir/screen" "$dir/command")"
done
# Files side by side: the numbers are those of figure 5, and what is missing is said.
set -- "$srcdir"/data/demo/counts/pr.counts "$srcdir"/data/demo/counts/sid.counts "$dir/g.counts"
expect 0 'g, phone: combining cells' "$PROPNEU" explore "$@" --view compare --dump=120x40
"$PROPNEU" figure 5 "$@" -q --format tsv | awk -F '\t' 'NR > 1 && $3 != "-" { print $1, $2, $3, $5 }' |
    while read -r file property layer value; do
        grep "^[> ] [a-z] $file " "$dir/out" |
            grep -qE " $(printf '%.3f' "$value")[* ] +$layer( |\$)" ||
            echo "compare: $file, $property: no $value in layer $layer"
    done >"$dir/wrong"
[ ! -s "$dir/wrong" ] || complain "$(cat "$dir/wrong")"
[ "$("$PROPNEU" figure 5 "$@" -q --format tsv | awk -F '\t' '$3 ~ /[0-9]/' | wc -l)" -ge 8 ] ||
    complain "compare: too few numbers to compare"
# Colours in a dump only where they are asked for, and nothing else changes.
escape=$(printf '\033')
NO_COLOR=1 "$PROPNEU" "$demo" --view map --color=always --dump >"$dir/colours"
"$PROPNEU" "$demo" --view map --dump >"$dir/plain"
grep -q "$escape\\[0;38;5;[0-9]*m" "$dir/colours" || complain "--color=always --dump has no colours"
grep -q "$escape" "$dir/plain" && complain "--dump has colours"
sed "s/$escape\\[[0-9;]*m//g; s/ *\$//" "$dir/colours" | cmp -s - "$dir/plain" ||
    complain "--color=always prints other text"
expect 1 'phone' "$PROPNEU" --phone QQ "$demo"
expect 1 'age' "$PROPNEU" --where age=old "$demo"

# Straight to a place: what it shows, and what is no place.
expect 0 '15 neurons of gender' "$PROPNEU" --view neurons --property gender "$demo"
expect 0 '^> *487 ' "$PROPNEU" --view neurons --property gender --select 487 "$demo"
expect 0 'pv' "$PROPNEU" --view neurons --property gender --sort p "$demo"
expect 0 "9 of them with 'group=female'" \
    "$PROPNEU" --view neurons --property gender --filter group=female "$demo"
expect 0 '3 marked' "$PROPNEU" --mark '{1:4-6}' "$demo"
expect 0 '2 neurons of $mine - {1:5}' \
    "$PROPNEU" --view neurons --define 'mine={1:4-6}' --set '$mine - {1:5}' "$demo"
expect 0 '> . . *31 ' "$PROPNEU" --view overlap --set phone --set '[AH]' --select AB "$demo"
expect 1 'is not among the 15 listed' \
    "$PROPNEU" --view neurons --property gender --select 0 "$demo"
expect 1 'no neuron 512' "$PROPNEU" --view neurons --select 512 "$demo"
expect 2 'takes a neuron' "$PROPNEU" --view neurons --select x "$demo"
expect 1 "no column 'x'" "$PROPNEU" --view neurons --sort x "$demo"
expect 1 "no column 'x'" "$PROPNEU" --view neurons --filter 'x>1' "$demo"
expect 2 'in the regular expression' "$PROPNEU" --view neurons --filter '(' "$demo"
expect 1 "no set named '.nothing'" "$PROPNEU" --view neurons --set '$nothing' "$demo"
expect 2 'NAME=SET' "$PROPNEU" --define x "$demo"
expect 2 'is not a valid name' "$PROPNEU" --define '9x=phone' "$demo"
expect 2 'has no effect in this view' "$PROPNEU" --view layers --overlay AH "$demo"
expect 1 'no file number 3' "$PROPNEU" --file 3 "$demo"
expect 1 'no saved session of this file' "$PROPNEU" --last "$demo"

# Settings: what is wrong in the file is told with its line, and does no harm.
mkdir -p "$dir/config/propneu"
printf '# mine\nsigma = 70\ncolour = red\nview = nothing\nmarks=braille\n' \
    >"$dir/config/propneu/config"
XDG_CONFIG_HOME=$dir/config
export XDG_CONFIG_HOME
expect 0 'sigma 70%' "$PROPNEU" "$demo"
expect 0 "config: line 3: unknown setting 'colour'" "$PROPNEU" "$demo"
expect 0 "config: line 4: 'nothing' is not a value of view" "$PROPNEU" "$demo"
expect 0 'sigma 60%' "$PROPNEU" --sigma 60 "$demo"
expect 0 'sigma 80%' "$PROPNEU" --no-config "$demo"
[ -s "$dir/err" ] && complain "--no-config read the settings: $(cat "$dir/err")"
echo nonsense >"$dir/config/propneu/config"
expect 0 "config: line 1: 'key = value' expected; the defaults" "$PROPNEU" "$demo"
rm -r "$dir/config/propneu/config" && mkdir "$dir/config/propneu/config"
expect 0 'propneu/config: .*; the defaults' "$PROPNEU" "$demo"
echo quit | "$PROPNEU" explore --plain "$demo" 2>&1 | grep -q 'propneu/config: .*; the' ||
    complain "a session does not say that its settings were not read"
exit $failed
