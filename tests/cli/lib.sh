# What the scripts of this folder begin with: . "$srcdir/tests/cli/lib.sh"
# They complain of what is wrong and end with: exit $failed
set -u
: "${PROPNEU:?}" "${srcdir:=.}"
failed=0

complain() {
    echo "$*"
    failed=1
}

# A folder of the script's own.
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# refuses STATUS WORDS ARGUMENT...: propneu ends so, with one line on stderr that has WORDS, nothing
# on stdout and no $dir/new.counts.
refuses() {
    local wanted=$1 words=$2 got
    shift 2
    "$PROPNEU" "$@" >"$dir/out" 2>"$dir/err"
    got=$?
    [ $got = "$wanted" ] || complain "$*: exit status $got, not $wanted"
    grep -qF -- "$words" "$dir/err" || complain "$*: no '$words' in: $(cat "$dir/err")"
    [ "$(wc -l <"$dir/err")" = 1 ] || complain "$*: not one line: $(cat "$dir/err")"
    [ ! -s "$dir/out" ] || complain "$*: something on stdout"
    [ ! -e "$dir/new.counts" ] || complain "$*: left a file"
}
