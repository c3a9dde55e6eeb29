#!/bin/bash
# erase, prune, randomize and movement: what they write and print, and that a refusal leaves nothing behind.
. "$srcdir/tests/cli/lib.sh"
data=$srcdir/tests/data
demo=$srcdir/data/demo
export PROPNEU_DATA=$srcdir/data
model=$data/models/g_melhubert_20ms/hf
stats="--mean-std $data/info/mean-std.npy"
audio=$data/audio/9002-100001-0000.wav

trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
mkdir "$dir/out"

# writes WORDS ARGUMENT...: succeeds silently and has WORDS on stdout, which stays in $dir/text.
writes() {
    local word=$1
    shift
    "$PROPNEU" "$@" >"$dir/text" 2>"$dir/err" || complain "$*: exit status $?: $(cat "$dir/err")"
    [ ! -s "$dir/err" ] || complain "$*: on stderr: $(cat "$dir/err")"
    grep -qF -- "$word" "$dir/text" || complain "$*: no '$word' in: $(cat "$dir/text")"
}

# refuses STATUS WORDS ARGUMENT...: fails so with one line that has WORDS, and writes nothing.
refuses() {
    local wanted=$1 word=$2
    shift 2
    "$PROPNEU" "$@" >"$dir/text" 2>"$dir/err"
    local got=$?
    [ $got = "$wanted" ] || complain "$*: exit status $got, not $wanted"
    grep -qF -- "$word" "$dir/err" || complain "$*: no '$word' in: $(cat "$dir/err")"
    [ "$(wc -l <"$dir/err")" = 1 ] || complain "$*: not one line: $(cat "$dir/err")"
    [ ! -s "$dir/text" ] || complain "$*: something on stdout"
    [ -z "$(ls "$dir/out")" ] || complain "$*: left $(ls "$dir/out")"
}

printf '1 3\n1 5\n3 249\n' >"$dir/set"
: >"$dir/none"

# What is written.  $stats is two words.
# shellcheck disable=SC2086
{
    writes 'all      750       3' erase -m "$model" $stats --set @"$dir/set" -o "$dir/erased"
    for file in config.json model.safetensors mean-std.npy manifest.json neurons.txt; do
        [ -s "$dir/erased/$file" ] || complain "erase: no $file"
    done
    [ "$(ls "$dir/erased" | wc -l)" = 5 ] || complain "erase: $(ls "$dir/erased")"
    grep -v '^#' "$dir/erased/neurons.txt" | cmp -s - "$dir/set" || complain "neurons.txt: not the set"
    for word in '"fingerprint"' '"name": "hf"' '"kind": "erase"' '"edited": 3' 'created_by'; do
        grep -qF "$word" "$dir/erased/manifest.json" || complain "manifest: no $word"
    done
    # Erasing twice is erasing once; gain 1 is no edit.
    writes erased erase -m "$dir/erased" --set @"$dir/erased/neurons.txt" -o "$dir/twice/"
    cmp "$dir/erased/model.safetensors" "$dir/twice/model.safetensors" || complain "erasing twice"
    writes scaled erase -m "$model" $stats --set @"$dir/set" --scale 1 -o "$dir/same"
    "$PROPNEU" activations -m "$model" $stats "$audio" -o "$dir/a.safetensors"
    "$PROPNEU" activations -m "$dir/same" "$audio" -o "$dir/b.safetensors"
    "$PROPNEU" activations -m "$dir/erased" "$audio" -o "$dir/c.safetensors"
    # The model's name stands in the header: only the data is compared.
    tail -c 200000 "$dir/a.safetensors" >"$dir/a"
    tail -c 200000 "$dir/b.safetensors" | cmp - "$dir/a" || complain "gain 1 changed the model"
    tail -c 200000 "$dir/c.safetensors" | cmp -s - "$dir/a" && complain "erasing changed nothing"

    # From counts, for some layers, with the rules of the analysis.
    writes 'layer	neurons	edited' erase -m "$demo/models/sid.safetensors" \
        -c "$demo/counts/sid.counts" --set 'gender=male' --layer 1,3-4 --format tsv -o "$dir/male"
    [ "$(sed -n 3p "$dir/text")" = "2	512	0" ] || complain "--layer: $(cat "$dir/text")"
    grep -q head_labels "$dir/male/config.json" || complain "the head's labels are lost"
    writes '"kind": "prune"' prune -m "$demo/models/sid.safetensors" \
        -c "$demo/counts/sid.counts" --keep 25% --protect 'gender@1' --criterion l1-bias \
        --scope global --shape uneven --format json -o "$dir/pruned"
    "$PROPNEU" info "$dir/pruned" >/dev/null || complain "no info on uneven widths"
    [ "$(sed -n 's/.*"neurons": 512,//p; s/.*"edited": \([0-9]*\),$/\1/p' "$dir/text" | head -1)" = 1536 ] ||
        complain "--keep 25% of 2048 prunes: $(cat "$dir/text")"

    writes 'all      750     600' prune -m "$model" $stats --keep 0.2 --criterion random --seed 5 \
        --shape equal -o "$dir/equal"
    grep -q '"encoder_ffn_embed_dim": 50,' "$dir/equal/config.json" || complain "equal: no width 50"
    writes 'all      750     600' prune -m "$model" $stats --keep 0.2 --criterion random --seed 5 \
        -o "$dir/masked"
    cmp "$dir/equal/neurons.txt" "$dir/masked/neurons.txt" || complain "the seed does not decide"
    cmp -s "$model/config.json" "$dir/masked/config.json" ||
        [ "$(tr -d ' \n' <"$model/config.json")" = "$(tr -d ' \n' <"$dir/masked/config.json")" ] ||
        complain "masking changed the configuration"
    writes erased erase -m "$model" $stats --set @"$dir/none" --allow-empty -o "$dir/copy"

    # All three of a layer alike are a list all the same: that is what uneven asks for.
    writes pruned prune -m "$model" $stats --keep 0.2 --shape uneven -o "$dir/alike"
    [ "$(tr -d ' \n' <"$dir/alike/config.json" | grep -c '"encoder_ffn_embed_dim":\[50,50,50\]')" = 1 ] ||
        complain "uneven: $(grep -A4 encoder_ffn_embed_dim "$dir/alike/config.json")"
    "$PROPNEU" info "$dir/alike" >/dev/null || complain "no info on a list of equal widths"

    # Lists need no count file; @* is every layer's own.
    writes 'all      750       3' erase -m "$model" $stats --set '{1:3,5;3:249}' -o "$dir/listed"
    cmp "$dir/listed/model.safetensors" "$dir/erased/model.safetensors" || complain "{1:3,5;3:249}"
    writes erased erase -m "$demo/models/sid.safetensors" -c "$demo/counts/sid.counts" \
        --set 'gender@* - [AH]' -o "$dir/every"
    writes erased erase -m "$demo/models/sid.safetensors" -c "$demo/counts/sid.counts" \
        --set 'gender - [AH]@*' -o "$dir/own"
    cmp "$dir/every/neurons.txt" "$dir/own/neurons.txt" || complain "@* is not every layer's own"

    # An existing empty folder is filled; what else stands there is not touched.
    mkdir "$dir/empty"
    writes erased erase -m "$model" $stats --set @"$dir/set" -o "$dir/empty"
    mkdir "$dir/full" && echo kept >"$dir/full/file"
    refuses 1 "$dir/full: exists and is not empty" erase -m "$model" $stats --set @"$dir/set" -o "$dir/full"
    refuses 1 "$dir/set: exists and is not a folder" erase -m "$model" $stats --set @"$dir/set" -o "$dir/set"
    [ "$(ls "$dir/full")" = file ] || complain "a full folder was touched"
    ls -d "$dir"/full.* "$dir"/set.* 2>/dev/null && complain "a temporary folder is left"

    new=$dir/out/new
    LC_ALL=C sed 's/mask_emb/mask\xffemb/' "$data/models/a_hubert_base/fairseq.pt" >"$dir/named.pt"
    refuses 1 "$dir/named.pt: tensor mask?emb: its name is not UTF-8" erase -m "$dir/named.pt" \
        --set '{1:3}' -o "$new"
    refuses 1 'is empty' erase -m "$model" $stats --set @"$dir/none" -o "$new"
    refuses 1 "$model has 3" erase -m "$model" $stats -c "$demo/counts/ssl.counts" --set gender -o "$new"
    refuses 1 'has counts of 512 neurons, but' erase -m "$dir/pruned" -c "$demo/counts/sid.counts" \
        --set gender -o "$new"
    printf '1 250\n' >"$dir/wide"
    refuses 1 "$dir/wide: line 1" erase -m "$model" $stats --set @"$dir/wide" -o "$new"
    refuses 1 "$dir/missing" erase -m "$dir/missing" --set @"$dir/set" -o "$new"
    refuses 1 "$dir/set: " erase -m "$model" $stats --set @"$dir/set" --mean "$dir/set" -o "$new"
    refuses 1 "uneven widths" prune -m "$data/models/e_wavlm_base/hf" --keep 0.5 --shape uneven -o "$new"
    refuses 1 'no neuron to prune' prune -m "$model" $stats --keep 1 -o "$new"
    refuses 1 '/none/new: ' erase -m "$model" $stats --set @"$dir/set" -o "$dir/out/none/new"
    refuses 2 '-c COUNTS' erase -m "$model" $stats --set gender -o "$new"
    refuses 2 '-c COUNTS' erase -m "$model" $stats --set '{1:3} - @x' -o "$new"
    refuses 2 'column 4: ' erase -m "$model" $stats --set '{1:250}' -o "$new"
    refuses 2 '-m MODEL' erase --set @"$dir/set" -o "$new"
    refuses 2 '--set SET' erase -m "$model" -o "$new"
    refuses 2 '-o FOLDER' erase -m "$model" --set @"$dir/set"
    refuses 2 '--layer takes' erase -m "$model" $stats --set @"$dir/set" --layer 2,9 -o "$new"
    refuses 2 '--scale' erase -m "$model" --set @"$dir/set" --scale much -o "$new"
    refuses 2 'exclude' erase -m "$model" --set @"$dir/set" --scale 2 --mean x -o "$new"
    refuses 2 '--keep' prune -m "$model" --keep 120% -o "$new"
    refuses 2 '--shape' prune -m "$model" --keep 0.5 --shape round -o "$new"
    refuses 2 'either --set' prune -m "$model" -o "$new"
    refuses 2 'either --set' prune -m "$model" --set @"$dir/set" --keep 0.5 -o "$new"

    # A file that may not grow stands for a full disk.
    (
        ulimit -f 100
        trap '' XFSZ
        refuses 1 "$new/model.safetensors: " erase -m "$model" $stats --set @"$dir/set" -o "$new"
        exit $failed
    ) || failed=1
    if mkdir "$dir/tiny" && mount -t tmpfs -o size=128k tmpfs "$dir/tiny" 2>/dev/null; then
        refuses 1 'No space left' erase -m "$model" $stats --set @"$dir/set" -o "$dir/tiny/new"
        [ -z "$(ls "$dir/tiny")" ] || complain "a full disk was left fuller: $(ls "$dir/tiny")"
        umount "$dir/tiny"
    fi
    mkdir "$dir/locked" && chmod a-w "$dir/locked"
    if [ ! -w "$dir/locked" ]; then
        refuses 1 "$dir/locked/new" erase -m "$model" $stats --set @"$dir/set" -o "$dir/locked/new"
    fi
    refuses 1 '/proc/new: ' erase -m "$model" $stats --set @"$dir/set" -o /proc/new
}

# Untrained weights: the same bytes for a seed, a model that is read by every command, and of which
# only what was measured is left.
writes 'initialised as fairseq does: 75 tensors, 2 kept, seed 4' randomize \
    -m "$demo/models/sid.safetensors" --seed 4 -o "$dir/new"
writes 'encoder.layers.3.fc2.weight	[96, 512]	normal	0	0.02' randomize \
    -m "$demo/models/sid.safetensors" --seed 4 --format tsv -j 7 -o "$dir/new2"
[ "$(grep -c '	kept	-	-$' "$dir/text")" = 2 ] || complain "kept: $(grep kept "$dir/text")"
[ "$(wc -l <"$dir/text")" = 78 ] || complain "randomized: not a row a tensor"
writes '"seed": 5' randomize -m "$demo/models/sid.safetensors" --seed 5 --format json -o "$dir/new5"
cmp "$dir/new/model.safetensors" "$dir/new2/model.safetensors" || complain "a seed is not enough"
cmp -s "$dir/new/model.safetensors" "$dir/new5/model.safetensors" && complain "the seed does nothing"
grep -q head_labels "$dir/new/config.json" || complain "randomize: the head's labels are lost"
[ "$(ls "$dir/new" | tr '\n' ' ')" = 'config.json manifest.json model.safetensors ' ] ||
    complain "randomize: $(ls "$dir/new")"
"$PROPNEU" eval -m "$dir/new" -a "$demo/audio" --speakers "$demo/speakers.tsv" --task sid -q \
    --format tsv >"$dir/text" || complain "a head drawn anew cannot be evaluated"
# shellcheck disable=SC2086
writes 'fairseq does: 57 tensors' randomize -m "$data/models/g_melhubert_20ms/native.pt" $stats -o "$dir/newpt"
[ -s "$dir/newpt/checkpoint.pt" ] || complain "randomize: no checkpoint.pt"
refuses 2 '-m MODEL' randomize -o "$dir/out/new"
refuses 2 '-o FOLDER' randomize -m "$model"
refuses 2 '--seed takes' randomize -m "$model" --seed x -o "$dir/out/new"
refuses 2 "what is 'more'" randomize -m "$model" -o "$dir/out/new" more
refuses 1 "$dir/missing" randomize -m "$dir/missing" -o "$dir/out/new"

# Movement, and what two models and a count file must have in common.
ssl=$demo/models/ssl.safetensors
writes 'layer	neuron	row	column' movement "$ssl" "$demo/models/sid.safetensors" --format tsv
[ "$(wc -l <"$dir/text")" = 2049 ] || complain "movement: not a row a neuron"
writes '    4      512    0.2027  0.0756  0.9486    0.2645  0.0641  1.0607' movement "$ssl" \
    "$demo/models/sid.safetensors"
writes 'gender	1	-	' movement "$ssl" "$demo/models/sid.safetensors" -c "$demo/counts/ssl.counts" \
    --property gender,pitch --draws 99 --format tsv
[ "$(wc -l <"$dir/text")" = 29 ] || complain "movement -c: $(cat "$dir/text")"
refuses 1 "$ssl has 4 layers and $model has 3" movement "$ssl" "$model"
refuses 1 "$model has 3" movement "$model" "$model" -c "$demo/counts/ssl.counts"
refuses 1 "no property 'colour'" movement "$ssl" "$ssl" -c "$demo/counts/ssl.counts" --property colour
refuses 2 'BEFORE and AFTER' movement "$ssl"
refuses 2 '-c COUNTS' movement "$ssl" "$ssl" --property gender
refuses 2 '--draws takes' movement "$ssl" "$ssl" -c "$demo/counts/ssl.counts" --draws 0
exit $failed
