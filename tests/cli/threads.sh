#!/bin/bash
# The same bytes from 1, 2 and 7 threads: whatever runs models, draws, or writes files.
. "$srcdir/tests/cli/lib.sh"
PROPNEU_DATA=$(cd "$srcdir/data" && pwd)
export PROPNEU_DATA
demo=$PROPNEU_DATA/demo
sid=$demo/models/sid.safetensors ssl=$demo/counts/ssl.counts
mkdir "$dir/audio" && ln -s "$demo"/audio/[FM][123]-*.flac "$dir/audio"
speech=(-a "$dir/audio" --speakers "$demo/speakers.tsv")

# same WHAT ARGUMENT...: with $dir/out for an output, if there is one.
same() {
    local what=$1 threads
    shift
    for threads in 1 2 7; do
        rm -rf "$dir/out"
        "$PROPNEU" "$@" -q -j $threads >"$dir/$threads" 2>"$dir/err" </dev/null ||
            complain "$what -j $threads: $(cat "$dir/err")"
        [ ! -e "$dir/out" ] || rm -f "$dir/out"/{manifest.json,run.json,log.tsv}
        # The number of threads stands in the command that a file remembers.
        [ ! -e "$dir/out" ] || find "$dir/out" -type f -print0 | sort -z | xargs -0 cat |
            sed "s/-j $threads/-j N/" >>"$dir/$threads"
        [ -s "$dir/$threads" ] || complain "$what: nothing"
        cmp -s "$dir/1" "$dir/$threads" || complain "$what: -j $threads gives other bytes than -j 1"
    done
}

same count count -m "$sid" "${speech[@]}" -l "$demo/textgrid" --pitch auto -o "$dir/out"
same activations activations -m "$sid" "$dir"/audio/* -o "$dir/out"
same cluster cluster -m "$sid" --layer 2 -a "$dir/audio" --k 9 --seed 3 --assign -o "$dir/out"
same train train -m "$sid" "${speech[@]}" --task sid --steps 3 --batch 6 --crop 1 -o "$dir/out"
same eval eval -m "$sid" "${speech[@]}" --task sid --piece 0.4 --format tsv
same centroid eval -m "$sid" "${speech[@]}" -l "$demo/textgrid" --task centroid --format tsv
same matrix erase --matrix -m "$sid" -c "$demo/counts/sid.counts" --property gender "${speech[@]}" \
    --task sid --piece 0.4 --controls 2 --format tsv
same curve prune --curve -m "$sid" -c "$demo/counts/sid.counts" --protect gender "${speech[@]}" \
    --task sid --piece 0.4 --keep 50%,20% --draws 2 --format tsv
same null null "$ssl" --property gender --draws 40 --format tsv
same stability stability "$ssl" --property gender --draws 20 --format tsv
same map map "$ssl" --property phone --layer 2 --format tsv
exit $failed
