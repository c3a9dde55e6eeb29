#!/bin/sh
# make-demo-train.sh [FOLDER]
#
# Makes four small models as the demo's from nothing: ssl from random weights, and fine-tuned from it
# sid, pr (phones frame by frame) and ctc; then measures them on the 168 recordings that no model was
# trained on.  Synthesises the corpus where it is not there yet (two minutes; kept in FOLDER, by
# default ~/.cache/propneu-demo) and leaves models in FOLDER/trained, with what was measured as
# NAME.tsv.  Stopped, it goes on where it was.  About 25 minutes of two cores.
#
# PROPNEU is the program (propneu), PYTHON one with numpy (/usr/bin/python3), SEED the seed (1).
# make-corpus says which packages are needed.
set -eu

demo=$(cd "$(dirname "$0")" && pwd)
work=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/propneu-demo}
program=${PROPNEU:-propneu}
seed=${SEED:-1}
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
mkdir -p trained
for part in train test; do
    [ -d textgrid-$part ] || "$demo/make-textgrids.sh" corpus/$part textgrid-$part
done

# trained NAME FROM ARGUMENT...: a model, unless it is there.
trained() {
    name=$1 from=$2
    shift 2
    echo "== $name"
    [ -e "trained/$name/model.safetensors" ] ||
        "$program" train -m "$from" -a corpus/train --speakers corpus/speakers.tsv --crop 2 --seed "$seed" \
            "$@" -o "trained/$name"
}

# measured NAME ARGUMENT...: on recordings that are new to it.
measured() {
    name=$1
    shift
    "$program" eval -q -m "trained/$name" -a corpus/test --speakers corpus/speakers.tsv "$@" --format tsv \
        -o "trained/$name.tsv"
    head -3 "trained/$name.tsv"
}

[ -e trained/clusters ] ||
    "$program" cluster -m demo/models/ssl.safetensors -a corpus/train --layer fbank --k 100 --seed "$seed" \
        --assign -o trained/clusters
[ -e trained/clusters-test ] ||
    "$program" cluster -m demo/models/ssl.safetensors -a corpus/train --layer fbank --k 100 --seed "$seed" \
        -o trained/clusters-test
trained ssl demo/models/ssl.safetensors --init "new:$seed" --task ssl --clusters trained/clusters \
    --steps 3600 --lr 2e-3 --schedule cosine --warmup 0.05
measured ssl --task ssl --clusters trained/clusters-test
trained sid trained/ssl --task sid --steps 500 --lr 1e-3 --schedule linear
measured sid --task sid
trained pr trained/ssl -l textgrid-train --task frames --steps 800 --lr 1e-3 --schedule linear
measured pr -l textgrid-test --task frames
trained ctc trained/ssl -l textgrid-train --task ctc --steps 1500 --lr 1e-3 --schedule linear
measured ctc -l textgrid-test --task ctc
