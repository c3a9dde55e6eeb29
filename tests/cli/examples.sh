# Sourced by tests/cli/library.sh and by CI: holds the example programs to the commands.

# compare_examples BIN PROPNEU DEMO WORK: the examples in BIN do what the command PROPNEU does with
# the demo's files, in the folder WORK.  They complain of what is wrong.
compare_examples() {
    local bin=$1 propneu=$2 demo=$3 work=$4 model=$3/models/ssl.safetensors

    "$bin/gender_neurons" "$demo/counts/sid.counts" >"$work/neurons.tsv" 2>"$work/err" ||
        complain "gender_neurons: $(cat "$work/err")"
    "$propneu" neurons --property gender --format tsv "$demo/counts/sid.counts" >"$work/wanted.tsv"
    cmp "$work/neurons.tsv" "$work/wanted.tsv" || complain 'gender_neurons: another list'
    "$bin/gender_neurons" "$work/no.counts" 2>"$work/err" && complain 'gender_neurons: no failure'
    grep -q "^gender_neurons: $work/no.counts: No such file" "$work/err" ||
        complain "gender_neurons: says $(cat "$work/err")"

    rm -rf "$work/one" "$work/other"
    "$bin/erase" "$demo/models/sid.safetensors" "$demo/counts/sid.counts" 'gender=male' "$work/one" \
        >"$work/out" 2>&1 || complain "erase: $(cat "$work/out")"
    "$propneu" erase -m "$demo/models/sid.safetensors" -c "$demo/counts/sid.counts" \
        --set 'gender=male' -o "$work/other" >/dev/null
    for file in config.json model.safetensors neurons.txt; do
        cmp "$work/one/$file" "$work/other/$file" || complain "erase: another $file"
    done

    mkdir -p "$work/audio"
    cp "$demo/audio/F1-3-0007.flac" "$demo/audio/M1-3-0000.flac" "$work/audio"
    rm -f "$work"/*.counts
    "$bin/count_corpus" "$model" "$work/audio" "$demo/textgrid" "$demo/speakers.tsv" \
        "$work/one.counts" >"$work/out" 2>&1 || complain "count_corpus: $(cat "$work/out")"
    "$propneu" count -q -m "$model" -a "$work/audio" -l "$demo/textgrid" \
        --speakers "$demo/speakers.tsv" -o "$work/other.counts"
    for counts in one other; do
        "$propneu" pattern --phone AH --layer 1 --format tsv "$work/$counts.counts" \
            >"$work/$counts.tsv"
        "$propneu" neurons --property gender --format tsv "$work/$counts.counts" \
            >>"$work/$counts.tsv"
    done
    cmp "$work/one.tsv" "$work/other.tsv" || complain 'count_corpus: other counts'
}
