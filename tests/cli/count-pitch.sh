#!/bin/bash
# propneu count --pitch auto: equal counts for any number of threads, and for tertiles given or found.
. "$srcdir/tests/cli/lib.sh"
demo=$srcdir/data/demo

count() {
    local out=$1
    shift
    "$PROPNEU" count -q -m "$demo/models/ssl.safetensors" -a "$demo/audio" -l "$demo/textgrid" \
        --pitch auto -o "$dir/$out" "$@" 2>"$dir/err" || complain "$out: $(cat "$dir/err")"
    [ ! -s "$dir/err" ] || complain "$out: on stderr: $(cat "$dir/err")"
}

# The F0 edges a count file names.
edges() {
    head -c 4000 "$1" | LC_ALL=C sed -n 's/.*"pitch_edges_hz": *"\([0-9.,]*\)".*/\1/p'
}

count one.counts -j 1
count many.counts -j 3
cmp -s "$dir/one.counts" "$dir/many.counts" || complain "other counts with other threads"
edges=$(edges "$dir/one.counts")
case $edges in
[1-9]*.*,[1-9]*) ;;
*) complain "no edges in the count file: '$edges'" ;;
esac

# The same edges given: all but the noted command is equal.
count given.counts --pitch-edges "$edges"
[ "$(edges "$dir/given.counts")" = "$edges" ] || complain "other edges than given"
for view in neurons pattern; do
    args=(--format tsv)
    [ $view = pattern ] && args+=(--phone AH --layer 2 --where pitch=low)
    [ $view = neurons ] && args+=(--property pitch)
    "$PROPNEU" $view "$dir/one.counts" "${args[@]}" >"$dir/a" 2>&1 || complain "$(cat "$dir/a")"
    "$PROPNEU" $view "$dir/given.counts" "${args[@]}" >"$dir/b" 2>&1 || complain "$(cat "$dir/b")"
    cmp -s "$dir/a" "$dir/b" || complain "$view: other numbers with the edges given"
    [ -s "$dir/a" ] || complain "$view: nothing"
done
exit $failed
