#!/bin/sh
# Names that drive terminals, end lines, turn text around or hide, through every output: they come
# from a count file (make_counts has them), from paths and from options.
. "$srcdir/tests/cli/lib.sh"
[ -x "$top_builddir/tests/cli/make_counts" ] || exit 77
demo=$srcdir/data/demo

# What must not come out: ESC, BEL, ^U, CR, DEL, CSI, RLO, LRI, LS, ZWSP, no UTF-8, and lines that a
# name begins.
printf '%b\n' '\033' '\007' '\025' '\r' '\0177' '\0302\0233' '\0342\0200\0256' '\0342\0201\0246' \
    '\0342\0200\0250' '\0342\0200\0213' '\0377' '^EVIL' >"$dir/forbidden"
evil=$(printf 'x\033]0;t\007\302\233\342\200\256\342\201\246\342\200\250\342\200\213\025\r\177\377\nEVIL'\''$(touch pwned)\tx')
mkdir "$dir/f"
counts=$dir/f/$evil.counts
speakers=$dir/f/speakers$evil.counts
make_counts=$top_builddir/tests/cli/make_counts
"$make_counts" "$dir/toy" && "$make_counts" "$counts" "$dir/toy" &&
    "$make_counts" "$speakers" "$demo/counts/ssl.counts" || exit 77

# clean WHAT FILE...: nothing forbidden in the FILEs.
clean() {
    local what=$1
    shift
    ! LC_ALL=C grep -aqf "$dir/forbidden" "$@" || complain "$what: $(cat "$@" | od -c | head -40)"
}

# tries STATUS ARGUMENT...: ends so, and all it prints is clean.
tries() {
    local wanted=$1 what=$2 got
    shift
    "$PROPNEU" "$@" </dev/null >"$dir/out" 2>"$dir/err"
    got=$?
    [ $got = "$wanted" ] || complain "$what: exit status $got, not $wanted: $(cat "$dir/err")"
    clean "$what" "$dir/out" "$dir/err"
    [ $got = 0 ] || { read -r _ && ! read -r _; } <"$dir/err" || complain "$what: not one line: $(cat "$dir/err")"
}

# in_all_formats ARGUMENT...: so in every format; TSV keeps its columns.
in_all_formats() {
    for format in text tsv json; do
        tries 0 "$@" --format $format
        [ $format != tsv ] || awk -F '\t' -v n=0 'NF != n && n { exit 1 } { n = NF }' "$dir/out" ||
            complain "$1: TSV with rows of other lengths"
    done
}

in_all_formats info "$speakers"
in_all_formats layers "$counts" --features
in_all_formats neurons "$counts" --property gender --groups
in_all_formats select "$counts" --property gender --select lape --layer 1
in_all_formats pattern "$counts" --phone M --layer 1 --top 3
in_all_formats map "$counts" --property gender --layer 1
in_all_formats overlap "$counts" --layer 1 gender pitch
in_all_formats null "$speakers" --property gender --layer 1 --draws 9
in_all_formats stability "$speakers" --property gender --layer 1 --draws 9
in_all_formats sweep "$speakers" --property gender --layer 1 --draws 9 --sigma 80 --min-frames 1
in_all_formats confound "$speakers" --property gender --given pitch --layer 1 --draws 9
in_all_formats ledger "$speakers" --draws 9
tries 0 neurons "$speakers" --property gender --tests --layer 1 --draws 9
tries 0 pattern "$speakers" --phone M --layer 1 --top 3 --tests --draws 9
for view in layers pattern map overlap neurons experiments compare statistics; do
    tries 0 explore --dump=120x40 --draws 0 --view $view "$counts" "$counts"
done
printf 'pattern\nlayer x\nproperty gender\n%s\nhelp\nquit\n' "$evil" |
    "$PROPNEU" explore --plain --draws 0 "$counts" >"$dir/out" 2>"$dir/err"
clean 'explore --plain' "$dir/out" "$dir/err"
for figure in 2 3b 4 5 7 8; do
    tries 0 figure $figure "$counts" -o "$dir/f/f.svg" $([ $figure = 2 ] && echo --phone M)
    clean "figure $figure" "$dir/f/f.svg" "$dir/f/f.tsv"
done
tries 0 figure 3b "$counts" -o "$dir/f/$evil.svg"

# Runs of training whose folders are called so, also in the explorer; methods and tasks of tables.
run=$dir/f/run$evil
mkdir -p "$run" "$dir/state/propneu/training"
printf 'step\tloss\n1\t2\n2\t1\n' >"$run/log.tsv"
printf '{"command": "propneu train \\u001b]0;t\\u0007\\u202e", "place": "/", "steps": 4}' >"$run/run.json"
printf '%s' "$run" >"$dir/state/propneu/training/1.run"
in_all_formats figure training "$run"
tries 0 figure training "$run" -o "$dir/f/f.svg"
clean 'figure training' "$dir/f/f.svg" "$dir/f/f.tsv"
XDG_STATE_HOME=$dir/state tries 0 explore --dump=120x40 --draws 0 --view experiments "$counts"
grep -q 'training of run' "$dir/out" || complain "explore: no run in $(cat "$dir/out")"
word=$(printf '%s' "$evil" | LC_ALL=C tr -d '\000-\037\177') # others are refused
printf 'task\tmethod\tseed\tshare\terror\n%s\t%s\t1\t0.5\t0.25\n' "$word" "$word" >"$dir/f/p.tsv"
in_all_formats figure 6 "$dir/f/p.tsv"
tries 0 figure 9 "$dir/f/p.tsv" -o "$dir/f/f.svg"
clean 'figure 9' "$dir/f/f.svg" "$dir/f/f.tsv"
printf 'task\tmethod\tseed\tshare\t%s\n' "$word" >"$dir/f/p.tsv"
tries 1 figure 6 "$dir/f/p.tsv"
printf 'step\tloss\n1\t%s\n' "$word" >"$run/log.tsv"
tries 1 figure training "$run"
tries 0 merge "$counts" -o "$dir/f/$evil.merged"

# A model, recordings, labels and speakers of such names.
model=$dir/f/$evil.safetensors
cp "$demo/models/ssl.safetensors" "$model"
cp "$demo/models/ssl.json" "$dir/f/$evil.json"
mkdir "$dir/f/audio" "$dir/f/labels"
cp "$demo/audio/M1-3-0000.flac" "$dir/f/audio/$evil.flac"
cp "$demo/audio/M1-3-0000.flac" "$dir/f/audio/without $evil.flac"
: >"$dir/f/audio/broken$evil.flac"
LC_ALL=C sed "s/\"AH[0-9]*\"/\"$(printf 'A\302\233\342\200\256H')\"/" \
    "$demo/textgrid/M1-3-0000.TextGrid" >"$dir/f/labels/$evil.TextGrid"
tries 0 count -v -m "$model" -a "$dir/f/audio" -l "$dir/f/labels" --keep-going -o "$dir/f/$evil.new"
tries 1 count -q -m "$model" -a "$dir/f/audio/$evil.flac" -l "$dir/f/labels" --phones "$dir/forbidden" \
    -o "$dir/f/no"
in_all_formats info "$dir/f/$evil.new"
in_all_formats info "$dir/f/labels/$evil.TextGrid"
in_all_formats info "$model"
tries 1 info "$dir/f/audio"
tries 0 erase -m "$model" -c "$speakers" --set gender -o "$dir/f/$evil"
clean manifest.json "$dir/f/$evil/manifest.json"
tries 0 activations -m "$model" "$dir/f/audio/$evil.flac" -o "$dir/f/$evil.acts"
tries 0 randomize -m "$model" -o "$dir/f/random$evil"
tries 0 movement "$model" "$dir/f/random$evil"

# What is not there, and what means nothing.
for command in layers neurons pattern map overlap null stability sweep confound select figure info \
    merge import count erase prune randomize movement activations cluster train eval experiment explore ledger; do
    tries 2 $command "--$evil"
done
tries 2 layers "$counts" --format "$evil"
tries 2 "$evil"
tries 1 info "$evil"
tries 1 layers "$evil"
tries 1 experiment "$evil"
tries 2 completion "$evil"
tries 2 layers "$counts" -j "$evil"
tries 1 layers "$counts" --property "$evil"
tries 1 layers "$counts" --where "$evil=1"
tries 1 layers "$counts" --where "gender=$evil"
tries 1 layers "$counts" --phones "$evil"
tries 1 pattern "$counts" --phone "$evil"
tries 1 neurons "$speakers" --property gender --tests --strata "$evil"
tries 1 overlap "$counts" --layer 1 gender "$evil"
tries 2 select "$counts" --property gender --select "$evil"
tries 2 null "$counts" --property gender --statistic "$evil"
tries 2 figure "$evil" "$counts"
tries 2 explore --dump --view "$evil" "$counts"
tries 1 explore --dump --demo "$evil" "$counts"
tries 1 erase -m "$evil" --set '{1:3}' -o "$dir/f/no"
tries 1 count -m "$model" -a "$evil" -l "$dir/f/labels" -o "$dir/f/no"
tries 1 count -m "$model" -a "$dir/f/audio" -l "$evil" -o "$dir/f/no"
tries 1 count -m "$model" -a "$dir/f/audio" -l "$dir/f/labels" --speakers "$evil" -o "$dir/f/no"
tries 2 count -m "$model" -a "$dir/f/audio" -l "$dir/f/labels" --factor "$evil=$evil" -o "$dir/f/no"

# A path as long as they come, and what is wrong with it.
long=$(printf '%0200d' 0)
"$PROPNEU" info "$long/$long/$long/$long" 2>"$dir/err"
grep -q ': No such file or directory$' "$dir/err" || complain "a long path: $(cat "$dir/err")"

[ ! -e pwned ] || complain "something was run"
exit $failed
