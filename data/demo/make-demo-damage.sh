#!/bin/sh
# make-demo-damage.sh [FOLDER]
#
# Measures what the demo's property neurons do, on 168 recordings that no model was trained on:
# every number that README.md here, the project's README and propneu(1) quote of it.  Synthesises the
# corpus where it is not there yet (two minutes; kept in FOLDER, by default ~/.cache/propneu-demo),
# and leaves tables in FOLDER/damage as .txt and .tsv.  About twelve minutes of two cores, of which the
# first table takes one; what was done before is taken from FOLDER/damage/*.journal.
#
# PROPNEU is the program (propneu), PYTHON one with numpy (/usr/bin/python3).
# make-corpus says which packages are needed.
set -eu

demo=$(cd "$(dirname "$0")" && pwd)
work=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/propneu-demo}
program=${PROPNEU:-propneu}
case $program in
/* | */*) program=$(cd "$(dirname "$program")" && pwd)/${program##*/} ;;
esac

mkdir -p "$work"
work=$(cd "$work" && pwd)
# utts.tsv is written last.
corpus=$work/corpus
[ -s "$corpus/utts.tsv" ] || "${PYTHON:-/usr/bin/python3}" "$demo/make-corpus" "$corpus"
cd "$work"
ln -sfn "$demo" demo
mkdir -p damage
[ -d textgrid-test ] || "$demo/make-textgrids.sh" corpus/test textgrid-test

# measure NAME ARGUMENT...: once, printed as text and as a table.
measure() {
    name=$1
    shift
    echo "== $name: propneu $*"
    "$program" "$@" --journal "damage/$name.journal" -o "damage/$name.txt"
    "$program" "$@" --journal "damage/$name.journal" -q --format tsv -o "damage/$name.tsv"
    cat "damage/$name.txt"
}

# The paper's Table 1: who speaks, with the group neurons of gender erased.
sid="-m demo/models/sid.safetensors -a corpus/test --speakers demo/speakers.tsv --task sid"
gender="erase --matrix $sid -c demo/counts/sid.counts --property gender"
# shellcheck disable=SC2086 # options without spaces
{
    measure table1 $gender --piece 0.2
    # Is it gender, or any seven speakers?
    measure table1-relabelled $gender --piece 0.2 --controls 0 --relabel 99 --strata engine
    measure table1-piece-0.4-noise-1 $gender --piece 0.4 --noise 1 --controls 20
    measure table1-piece-1-noise-1.5 $gender --piece 1 --noise 1.5 --controls 20
    measure table1-whole $gender --controls 20

    # One speaker without the others.
    measure speakers erase --matrix $sid -c demo/counts/sid.counts --property speaker --piece 0.2 \
        --controls 10

    # Phone classes: by the head of pr, and by nearest centroids of ssl, which has no head.
    measure phones erase --matrix -m demo/models/pr.safetensors -c demo/counts/pr.counts \
        --property phone -a corpus/test -l textgrid-test --task phones --controls 40
    measure centroid erase --matrix -m demo/models/ssl.safetensors -c demo/counts/ssl.counts \
        --property phone -a corpus/test -l textgrid-test --task centroid --controls 40

    # Neurons by other rules, as many as the published one takes: who speaks, and phone classes.
    for rule in lape specificity margin log-odds mi iou; do
        measure table1-$rule $gender --piece 0.2 --select $rule --controls 20
        measure phones-$rule erase --matrix -m demo/models/pr.safetensors \
            -c demo/counts/pr.counts --property phone --select $rule -a corpus/test \
            -l textgrid-test --task phones --controls 20
    done

    # Pruning without training again: property neurons spared, or others.
    measure curve-sid prune --curve $sid -c demo/counts/sid.counts --protect gender --piece 0.2 \
        --keep 80%,60%,40%,30%,20%,15%,10%
    measure curve-sid-global prune --curve $sid -c demo/counts/sid.counts --protect gender \
        --piece 0.2 --scope global --keep 40%,20%,10%
    measure curve-pr prune --curve -m demo/models/pr.safetensors -c demo/counts/pr.counts \
        --protect phone -a corpus/test -l textgrid-test --task phones \
        --keep 80%,60%,40%,30%,20%,15%,10%
}
