#!/bin/sh
# make-demo-counts.sh [--update] [FOLDER]
#
# Makes the demo's counts again from nothing: synthesises the 75 minutes the models were trained on
# (two minutes; kept in FOLDER, by default ~/.cache/propneu-demo), counts every frame with the three
# models, and compares the files with those in counts/ byte for byte; --update replaces them.
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
for model in ssl sid pr; do
    by=phone,gender,pitch
    [ $model != sid ] || by=$by,speaker
    PROPNEU_KERNELS=portable "$program" count -m demo/models/$model.safetensors --mean-std demo/models/mean-std.npy \
        -a corpus/train -l textgrid --speakers demo/speakers.tsv \
        --pitch demo/labels/train-pitch-discrete.json --by $by -o counts/$model.counts
    if cmp -s counts/$model.counts demo/counts/$model.counts; then
        echo "$model.counts: the same, byte for byte"
    elif [ $update = yes ]; then
        mkdir -p demo/counts
        cp counts/$model.counts demo/counts/$model.counts
        echo "$model.counts: replaced"
    else
        echo "$model.counts: differs from counts/$model.counts (the new one is in $work/counts)"
        differ=1
    fi
done
exit $differ
