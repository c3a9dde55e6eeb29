#!/bin/sh
# make-demo-counts.sh [--update] [FOLDER]
#
# Makes the demo's counts again from nothing: synthesises the 75 minutes the models were trained on
# (two minutes; kept in FOLDER, by default ~/.cache/propneu-demo), counts every frame with the three
# models, by speaker and for one of them with its tokens, and compares the files with those in counts/
# byte for byte; --update replaces them.
# The portable arithmetic is used: with others a few counts differ by one, where two
# neurons are all but equal.
#
# PROPNEU is the program (propneu), PYTHON one with numpy (/usr/bin/python3).
# make-corpus says which packages are needed.
set -eu

demo=$(cd "$(dirname "$0")" && pwd)
update=no
if [ "${1-}" = --update ]; then
    update=yes
    shift
fi
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

"$demo/make-textgrids.sh" "$corpus/train" "$work/textgrid"

# The command line stands in each count file: from here it is the same for everyone.
cd "$work"
ln -sfn "$demo" demo
mkdir -p counts
differ=0

# compare FILE: with the one in counts/.
compare() {
    if cmp -s counts/$1 demo/counts/$1; then
        echo "$1: the same, byte for byte"
    elif [ $update = yes ]; then
        mkdir -p demo/counts
        cp counts/$1 demo/counts/$1
        echo "$1: replaced"
    else
        echo "$1: differs from counts/$1 (the new one is in $work/counts)"
        differ=1
    fi
}

for model in ssl sid pr; do
    tokens=
    [ $model != ssl ] || tokens=--tokens
    PROPNEU_KERNELS=portable "$program" count -m demo/models/$model.safetensors --mean-std demo/models/mean-std.npy \
        -a corpus/train -l textgrid --speakers demo/speakers.tsv --strata engine \
        --pitch demo/labels/train-pitch-discrete.json --by phone,gender,pitch,speaker $tokens -o counts/$model.counts
    compare $model.counts
    [ -z "$tokens" ] || compare $model.counts.tokens
done
exit $differ
