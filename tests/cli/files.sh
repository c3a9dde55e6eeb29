#!/bin/sh
# Where outputs do not fit: one line with the reason, nothing under the name, nothing left behind.
# And the modes of what is written.
. "$srcdir/tests/cli/lib.sh"
demo=$srcdir/data/demo
counts=$demo/counts/ssl.counts
model=$demo/models/ssl.safetensors

# too_large LEFT ARGUMENT...: with files of a few blocks at most the command says so, and leaves LEFT
# in the folder it writes to.
too_large() {
    local left=$1
    shift
    rm -rf "$dir/results"
    mkdir "$dir/results"
    (ulimit -f 3 && exec "$PROPNEU" "$@") >/dev/null 2>"$dir/err"
    [ $? = 1 ] || complain "$*: not exit status 1 where the file is too large"
    grep -q '^propneu: [^ ]*: File too large$' "$dir/err" && [ "$(wc -l <"$dir/err")" = 1 ] ||
        complain "$*: says '$(cat "$dir/err")'"
    [ "$(cd "$dir/results" && echo *)" = "$left" ] || complain "$*: leaves $(ls "$dir/results")"
}
out=$dir/results/x
too_large '*' layers "$counts" --format json -o "$out"
too_large '*' pattern "$counts" --phone AH --format tsv -o "$out"
too_large '*' figure 3b "$counts" -o "$out.svg"
too_large '*' merge -q "$counts" -o "$out"
too_large '*' erase -m "$model" -c "$counts" --set gender -o "$out"
too_large '*' prune -m "$model" -c "$counts" --set gender --shape equal -o "$out"
too_large '*' randomize -m "$model" -o "$out"
too_large '*' activations -q -m "$model" "$demo/audio/M1-3-0000.flac" -o "$out"
# What was counted stays for another run.
too_large x.journal count -q -m "$model" -a "$demo/audio/M1-3-0000.flac" -l "$demo/textgrid" -o "$out"

# The same where results are printed, and on a full disk.
(ulimit -f 1 && exec "$PROPNEU" pattern "$counts" --phone AH --top 0) >"$dir/x" 2>"$dir/err" &&
    complain "exit status 0 where standard output is too large"
[ "$(cat "$dir/err")" = "propneu: standard output: File too large" ] || complain "$(cat "$dir/err")"
if [ -c /dev/full ]; then
    refuses 1 "/dev/full: No space left on device" pattern "$counts" --phone AH --top 0 -o /dev/full
    "$PROPNEU" info "$counts" 2>"$dir/err" >/dev/full && complain "exit status 0 on /dev/full"
    [ "$(cat "$dir/err")" = "propneu: standard output: No space left on device" ] ||
        complain "$(cat "$dir/err")"
fi

# Results have the mode that umask leaves, although they are written under other names.
rm -rf "$dir/results"
mkdir "$dir/results"
(
    umask 027
    "$PROPNEU" layers "$counts" -o "$out.tsv"
    "$PROPNEU" figure 3b "$counts" -o "$out.svg"
    "$PROPNEU" erase -m "$model" -c "$counts" --set gender -o "$out" >"$dir/log"
    "$PROPNEU" erase -m "$srcdir/tests/data/models/a_hubert_base/fairseq.pt" --set '{1:3}' \
        -o "$out.pt" >"$dir/log"
    "$PROPNEU" count -q -m "$model" -a "$demo/audio/M1-3-0000.flac" -l "$demo/textgrid" --tokens \
        -o "$out.counts"
)
find "$dir/results" -type f ! -perm 640 -o -type d ! -path "$dir/results" ! -perm 750 >"$dir/log"
[ ! -s "$dir/log" ] || complain "other modes: $(cat "$dir/log")"
[ "$(find "$dir/results" -type f | wc -l)" -gt 9 ] || complain "files are missing: $(ls "$dir/results")"

exit $failed
