#!/bin/sh
# What careless users type: outputs over inputs, names of no encoding, outputs nobody takes.
. "$srcdir/tests/cli/lib.sh"
demo=$srcdir/data/demo

cp "$demo/counts/ssl.counts" "$dir/a.counts"
cp "$demo/models/ssl.safetensors" "$demo/models/ssl.json" "$dir"
cp "$demo/audio/M1-3-0000.flac" "$dir"
printf '1 3\n' >"$dir/speakers.tsv"
chmod u+w "$dir"/*

# An output never replaces an input by the way, whatever it is called.
ln -s a.counts "$dir/link"
refuses 2 "would replace an input" layers "$dir/a.counts" -o "$dir/a.counts"
refuses 2 "would replace an input" info -o "$dir/a.counts" "$dir/link"
refuses 2 "would replace an input" activations -m "$dir/ssl.safetensors" \
    -o "$dir/ssl.safetensors" "$dir/M1-3-0000.flac"
refuses 2 "would replace an input" count -m "$dir/ssl.safetensors" -a "$dir/M1-3-0000.flac" \
    -l "$demo/textgrid" --speakers "$dir/speakers.tsv" -o "$dir/speakers.tsv"
cp "$dir/speakers.tsv" "$dir/factor.tsv"
refuses 2 "would replace an input" count -m "$dir/ssl.safetensors" -a "$dir/M1-3-0000.flac" \
    -l "$demo/textgrid" --factor "x=$dir/factor.tsv" -o "$dir/factor.tsv"
refuses 2 "would replace an input" ledger "ssl=$dir/a.counts" -o "$dir/a.counts"
refuses 2 "would replace an input" ledger "ssl=$demo/counts/ssl.counts" -m "ssl=$dir/ssl.safetensors" \
    -o "$dir/ssl.safetensors"
in=$dir/in
mkdir "$in" "$in/model" "$in/audio" "$in/labels"
cp "$dir/ssl.safetensors" "$in/model/model.safetensors"
cp "$dir/ssl.json" "$in/model/config.json"
cp "$dir/M1-3-0000.flac" "$in/audio"
cp "$demo/textgrid/M1-3-0000.TextGrid" "$in/labels"
find "$in/model" "$in/audio" "$in/labels" -type f -exec md5sum {} + >"$dir/before"
ln -s ../model/config.json "$in/audio/link"
for out in model/model.safetensors audio/../model/config.json audio/M1-3-0000.flac audio/link \
    labels/M1-3-0000.TextGrid; do
    refuses 2 "would replace an input" count -m "$in/model" -a "$in/audio" -l "$in/labels" \
        -o "$in/$out"
done
refuses 2 "would replace an input" activations -m "$in/model/" "$dir/M1-3-0000.flac" \
    -o "$in/model/model.safetensors"
# Every kind of recording, and every kind of label file but those that results are called like.
for suffix in oga caf w64 rf64 nist wave ckpt $("$PROPNEU" info --help |
    sed -n '/^Label files/,/^$/s/.*  \.//p' | tr -d ', ' | tr . ' '); do
    case $suffix in tsv | csv | json) continue ;; esac
    : >"$in/audio/u.$suffix"
    refuses 2 "would replace an input" info "$in/audio" -o "$in/audio/u.$suffix"
    rm "$in/audio/u.$suffix"
done
md5sum --quiet -c "$dir/before" || complain "a file of an input folder was replaced"
for i in 1 2; do
    "$PROPNEU" count -q -m "$in/model" -a "$in/audio" -l "$in/labels" -o "$in/audio/c.counts" ||
        complain "no counts beside the recordings"
done
cmp -s "$demo/counts/ssl.counts" "$dir/a.counts" || complain "an input was replaced"
cmp -s "$demo/models/ssl.safetensors" "$dir/ssl.safetensors" || complain "a model was replaced"
"$PROPNEU" merge -q -o "$dir/a.counts" "$dir/a.counts" || complain "merge does not add in place"

# A link is written through, also one to nowhere yet; the others would point to what is no more.
mkdir "$dir/sub"
cp "$dir/a.counts" "$dir/sub/real"
for target in sub/real "$dir/sub/new" ./sub/../sub/newer; do
    ln -s "$target" "$dir/out-link"
    ln -s out-link "$dir/out-link-link"
    "$PROPNEU" layers "$dir/a.counts" --format tsv -o "$dir/out-link-link" ||
        complain "no output through a link to $target"
    [ -L "$dir/out-link-link" ] && [ -L "$dir/out-link" ] &&
        grep -q '^file.property.layer' "$dir/out-link" || complain "a link to $target was replaced"
    rm "$dir/out-link" "$dir/out-link-link"
done
# So is a link to a folder, there or not.
mkdir "$dir/sub/there"
for target in sub/folder "$dir/sub/there"; do
    ln -s "$target" "$dir/out-link"
    "$PROPNEU" randomize -m "$dir/ssl.safetensors" -o "$dir/out-link" >"$dir/out" &&
        [ -L "$dir/out-link" ] && [ -s "$dir/out-link/model.safetensors" ] ||
        complain "no folder through a link to $target"
    rm "$dir/out-link"
done
rm -rf "$dir/sub/folder" "$dir/sub/there"
[ "$(ls "$dir/sub" | wc -l)" = 3 ] || complain "left behind: $(ls "$dir/sub")"
ln -s loop "$dir/loop"
refuses 1 "$dir/loop" layers "$dir/a.counts" -o "$dir/loop"
"$PROPNEU" layers "$dir/a.counts" --format tsv -o /dev/stdout >"$dir/out" &&
    grep -q '^file.property.layer' "$dir/out" || complain "no output to /dev/stdout"

# What fails prints no heads of tables.
"$PROPNEU" layers "$dir/a.counts" --min-frames 1000000 --format tsv >"$dir/out" 2>/dev/null
[ -s "$dir/out" ] && complain "layers without a row prints: $(cat "$dir/out")"

# Weights alone are told from what is no model.
mkdir "$dir/weights"
cp "$srcdir/tests/data/models/g_melhubert_20ms/hf/model.safetensors" "$dir/weights"
refuses 1 "configuration is missing" activations -m "$dir/weights" "$dir/M1-3-0000.flac" \
    -o "$dir/acts"

refuses 2 "-o needs the name of a file" layers "$dir/a.counts" -o ''

# Help that does not arrive is a failure as well.
if [ -w /dev/full ]; then
    "$PROPNEU" layers --help >/dev/full 2>"$dir/err" && complain "help to a full disk succeeds"
    grep -q 'standard output' "$dir/err" || complain "a full disk is not named: $(cat "$dir/err")"
fi

# Silence is found under the name it is shown by.
"$PROPNEU" pattern "$dir/a.counts" --phone sil --format tsv >"$dir/sil"
"$PROPNEU" pattern "$dir/a.counts" --phone '(sil)' --format tsv | cmp -s - "$dir/sil" ||
    complain "pattern knows no (sil)"
"$PROPNEU" overlap "$dir/a.counts" '["(sil)"]' >/dev/null || complain "sets know no (sil)"

# File names need not be text, but JSON and tensors' names must.
bytes=$(printf 'x\377')
cp "$dir/a.counts" "$dir/$bytes.counts"
"$PROPNEU" info --format json "$dir/$bytes.counts" | grep -q '"kind"' ||
    complain "info breaks off at a name that is no UTF-8"
cp "$dir/M1-3-0000.flac" "$dir/$bytes.flac"
"$PROPNEU" activations -m "$dir/ssl.safetensors" "$dir/$bytes.flac" -o "$dir/acts" &&
    grep -qa '"x?/final"' "$dir/acts" || complain "activations of a name that is no UTF-8"

# Labels of a longer recording are told as such, not as short segments.
mkdir "$dir/audio" "$dir/labels"
cp "$demo/audio/M1-3-0000.flac" "$dir/audio"
cp "$demo/textgrid/M7-3-0006.TextGrid" "$dir/labels/M1-3-0000.TextGrid"
"$PROPNEU" count -m "$dir/ssl.safetensors" -a "$dir/audio" -l "$dir/labels" -o "$dir/o.counts" \
    2>"$dir/err"
grep -q ' [1-9][0-9]* labels beyond the frames, 0 segments' "$dir/err" ||
    complain "labels beyond the frames: $(cat "$dir/err")"

# A folder that may not be searched is told, and the others are counted.
mkdir "$dir/audio/closed" "$dir/audio/open"
cp "$demo/audio/F1-3-0007.flac" "$dir/audio/open"
chmod 0 "$dir/audio/closed"
if [ ! -r "$dir/audio/closed" ]; then
    "$PROPNEU" count -m "$dir/ssl.safetensors" -a "$dir/audio" -l "$demo/textgrid" \
        -o "$dir/o.counts" 2>"$dir/err" && complain "a closed folder is no failure"
    grep -q "audio/closed: Permission denied" "$dir/err" ||
        complain "a closed folder is not named: $(cat "$dir/err")"
    "$PROPNEU" info "$dir/o.counts" | grep -q '^utterances  *2$' ||
        complain "a closed folder ends the count"
fi
chmod 700 "$dir/audio/closed"

# Bytes that are no text are no table.
printf 'a b\nc\001d e\n' >"$dir/junk"
refuses 1 "$dir/junk: byte 5: a control character" count -m "$dir/ssl.safetensors" \
    -a "$dir/audio" -l "$demo/textgrid" --speakers "$dir/junk" -o "$dir/o.counts"
refuses 1 "$dir/junk: byte 5: a control character" layers --phones "$dir/junk" "$dir/a.counts"

exit $failed
