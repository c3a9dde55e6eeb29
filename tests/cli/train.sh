#!/bin/bash
# propneu train: what every task learns, the same bytes on any number of threads and after kills,
# what other commands make of it, and what it refuses.
. "$srcdir/tests/cli/lib.sh"
PROPNEU_DATA=$(cd "$srcdir/data" && pwd)
export PROPNEU_DATA
export XDG_STATE_HOME=$dir/home
demo=$PROPNEU_DATA/demo
mkdir "$dir/audio" && ln -s "$demo"/audio/[FM][12]-*.flac "$dir/audio"
model=(-m "$demo/models/ssl.safetensors") speakers=(--speakers "$demo/speakers.tsv")
phones=(-l "$demo/textgrid")
base=("${model[@]}" -a "$dir/audio" --batch 4 --crop 1 --lr 1e-3)

# trains NAME ARGUMENT...: into $dir/NAME
trains() {
    local name=$1
    shift
    "$PROPNEU" train -q "${base[@]}" "$@" -o "$dir/$name" >"$dir/out" 2>"$dir/err" </dev/null ||
        complain "train $name: $(cat "$dir/err")"
    [ ! -s "$dir/out" ] || complain "train $name: something on stdout"
}

# The loss of the last step is below SHARE of the first one's.
learns() {
    awk -v share="$2" 'NR == 2 { first = $2 } END { exit !(NR > 2 && $2 < share * first) }' \
        "$dir/$1/log.tsv" || complain "$1 learns nothing: $(cut -f2 "$dir/$1/log.tsv" | tr '\n' ' ')"
}

same() {
    cmp -s "$dir/$1/model.safetensors" "$dir/$2/model.safetensors" ||
        complain "$2 has other weights than $1"
}

trains sid "${speakers[@]}" --task sid --steps 12 -j 1
learns sid 0.7
head -1 "$dir/sid/log.tsv" | grep -qx $'step\tloss\taccuracy\tlr\tgrad_norm\tskipped\tseconds\tvalid_loss\tvalid_error' ||
    complain "the log's head is $(head -1 "$dir/sid/log.tsv")"
trains three "${speakers[@]}" --task sid --steps 12 -j 3 --save-every 5
same sid three

# Killed wherever it is, it goes on to the same bytes.
for delay in 0.25 0.4 0.6; do
    timeout -s KILL $delay "$PROPNEU" train -q "${base[@]}" "${speakers[@]}" --task sid --steps 12 \
        --save-every 2 -o "$dir/killed" >/dev/null 2>&1 </dev/null
done
trains killed "${speakers[@]}" --task sid --steps 12 --save-every 2
same sid killed
[ "$(cut -f1 "$dir/killed/log.tsv" | tail -n +2 | tr '\n' ' ')" = '1 2 3 4 5 6 7 8 9 10 11 12 ' ] ||
    complain "steps of the log: $(cut -f1 "$dir/killed/log.tsv" | tr '\n' ' ')"
cmp -s <(cut -f1-6 "$dir/sid/log.tsv") <(cut -f1-6 "$dir/killed/log.tsv") || complain 'the log has other numbers'

trains frames "${phones[@]}" --task frames --steps 8 --layers weighted --head mlp --freeze encoder
learns frames 0.99
trains ctc "${phones[@]}" --task ctc --steps 6
learns ctc 0.99
trains f0 "${phones[@]}" --pitch "$demo/labels/demo-f0-hz.json" --task f0 --steps 6 --layers 2 --valid "$dir/audio"
learns f0 0.9
tail -1 "$dir/f0/log.tsv" | cut -f8 | grep -q '^[0-9.]*$' || complain 'no loss of --valid'
"$PROPNEU" cluster -q "${model[@]}" -a "$dir/audio" --layer fbank --k 100 --assign -o "$dir/k" ||
    complain 'cluster failed'
trains ssl --task ssl --clusters "$dir/k" --steps 6
learns ssl 1
trains new --init new:3 "${speakers[@]}" --task sid --steps 2
cmp -s "$dir/new/model.safetensors" "$dir/sid/model.safetensors" && complain '--init changes nothing'

# Other commands read what comes out.
"$PROPNEU" eval -q -m "$dir/sid" -a "$dir/audio" "${speakers[@]}" --task sid >"$dir/out" || complain 'eval sid'
for task in frames ctc; do
    "$PROPNEU" eval -q -m "$dir/$task" -a "$dir/audio" "${phones[@]}" --task $task >"$dir/out" || complain "eval $task"
done
# ... what is measured is what was: the head's layer is known, too.
"$PROPNEU" eval -q -m "$dir/f0" -a "$dir/audio" "${phones[@]}" --pitch "$demo/labels/demo-f0-hz.json" --task f0 \
    --format tsv | awk -F '\t' 'NR == 2 { printf "%.4f\n", $5 }' >"$dir/measured"
tail -1 "$dir/f0/log.tsv" | awk -F '\t' '{ printf "%.4f\n", $8 }' | cmp -s - "$dir/measured" ||
    complain "f0: --valid and eval differ: $(tail -1 "$dir/f0/log.tsv"), $(cat "$dir/measured")"
"$PROPNEU" erase -q -m "$dir/sid" -c "$demo/counts/sid.counts" --set gender -o "$dir/erased" || complain 'erase'

# A run that is finished has nothing to tell, and a recipe says what is not given.
trains three "${speakers[@]}" --task sid --steps 12 -j 3 --save-every 5
[ ! -s "$dir/err" ] || complain "finished, but: $(cat "$dir/err")"
trains recipe "${speakers[@]}" --task sid --recipe pretrain --steps 1
cut -f4 "$dir/recipe/log.tsv" | tail -1 | grep -qx '0.001' || complain '--recipe replaces what is given'
"$PROPNEU" train -q "${model[@]}" -a "$dir/audio" "${speakers[@]}" --task sid --recipe retrain --steps 1 --lr 1e-3 \
    -o "$dir/other2" 2>"$dir/err" || complain "--recipe: $(cat "$dir/err")"
cmp -s "$dir/other2/model.safetensors" "$dir/recipe/model.safetensors" && complain '--recipe changes nothing'
refuses 2 'pretrain, retrain or' train "${base[@]}" "${speakers[@]}" --task sid --recipe none -o "$dir/n2"

# Nothing to learn, and what does not go together.
cp -R "$dir/sid" "$dir/other"
cat "$demo/models/mean-std.npy" >"$dir/ms.npy" && printf '\1' | dd of="$dir/ms.npy" bs=1 seek=300 conv=notrunc 2>/dev/null
sed 's/150/151/g' "$demo/labels/demo-f0-hz.json" >"$dir/f0.json"
refuses 1 'is of another training' train "${base[@]}" "${speakers[@]}" --task sid --steps 13 -o "$dir/other"
refuses 1 'is of another training' train "${base[@]}" "${speakers[@]}" --task sid --steps 12 -o "$dir/other" \
    --mean-std "$dir/ms.npy"
refuses 1 'is of another training' train "${base[@]}" "${phones[@]}" --task f0 --steps 6 --valid "$dir/audio" \
    --pitch "$dir/f0.json" -o "$dir/f0"
refuses 2 'would be replaced' train -m "$dir/sid" -a "$dir/audio" "${speakers[@]}" --task sid -o "$dir/sid"
mkdir "$dir/model" && cp "$demo/models/ssl.safetensors" "$dir/model/model.safetensors" &&
    cp "$demo/models/ssl.json" "$dir/model/config.json"
refuses 2 'would be replaced' train "${base[@]}" "${speakers[@]}" --task sid -o "$dir/model"
cmp -s "$demo/models/ssl.safetensors" "$dir/model/model.safetensors" || complain 'a model was replaced'
mkdir "$dir/alone" && ln -s "$demo"/audio/F1-*.flac "$dir/alone"
refuses 1 'nothing to tell apart' train "${model[@]}" -a "$dir/alone" "${speakers[@]}" --task sid -o "$dir/n1"
refuses 2 'LABELS is needed' train "${base[@]}" --task ctc -o "$dir/n2"
refuses 2 '--clusters is needed' train "${base[@]}" --task ssl -o "$dir/n2"
refuses 2 'frames, ctc, sid' train "${base[@]}" --task phones -o "$dir/n2"
refuses 2 '-o FOLDER' train "${base[@]}" "${speakers[@]}" --task sid
refuses 1 'no layer 5' train "${base[@]}" "${speakers[@]}" --task sid --layers 5 -o "$dir/n2"
refuses 1 'are not trained' train -m "$srcdir/tests/data/models/e_wavlm_base/hf" -a "$dir/audio" "${speakers[@]}" \
    --task sid --freeze none -o "$dir/n2"
[ ! -e "$dir/n2" ] || complain 'leaves a folder'
exit $failed
