#!/bin/bash
# Limits that schedulers set: of address space, open files and processes.  What is not possible within
# them is said in one line; nothing crashes, hangs, or ends well with a part of its output.  A few
# steps of each; tests/cli/staircase.sh goes through all of them.
. "$srcdir/tests/cli/lib.sh"
features=$("$PROPNEU" --version)
case $features in
    *'sanitizers no'*) ;;
    *) echo "sanitizers want more address space than there is" && exit 77 ;;
esac
LC_ALL=C.UTF-8 PROPNEU_DATA=$(cd "$srcdir/data" && pwd)
export LC_ALL PROPNEU_DATA
demo=$PROPNEU_DATA/demo
ssl=$demo/counts/ssl.counts sid=$demo/counts/sid.counts model=$demo/models/sid.safetensors
audio=$demo/audio
if [ -z "${staircase-}" ]; then
    audio=$dir/audio
    mkdir "$audio" && ln -s "$demo"/audio/[FM]1-*.flac "$audio"
fi
speech=(-a "$audio" --speakers "$demo/speakers.tsv")
out=$dir/out

# limited LETTER NUMBER ARGUMENT...: propneu under that limit (see "help ulimit").
limited() {
    local letter=$1 number=$2
    shift 2
    rm -rf "$out" && mkdir "$out" && chmod 777 "$out"
    timeout -k 5 60 $as bash -c 'ulimit -c 0; ulimit "-$0" "$1" && shift && exec "$@"' \
        "$letter" "$number" "$PROPNEU" "$@" </dev/null >"$dir/stdout" 2>"$dir/stderr"
}
as=
sparse=([160]=1 [272]=1 [1024]=1)

# tried WORDS LETTER NUMBER ARGUMENT...: it does what it does without limits, or fails with one line
# that has the WORDS; below what its shared libraries take the line is the loader's.
tried() {
    local words=$1 got
    shift
    limited "$@"
    got=$?
    if [ $got = 0 ]; then
        cmp -s "$dir/whole" "$dir/stdout" || complain "ulimit -$*: ends well with other output"
    elif [ $got = 127 ] && grep -q 'loading shared libraries' "$dir/stderr"; then
        :
    elif [ $got != 1 ] || [ "$(wc -l <"$dir/stderr")" != 1 ] || ! grep -q "$words" "$dir/stderr"; then
        complain "ulimit -$*: status $got: $(cat "$dir/stderr")"
    elif [ -n "$(ls "$out" | grep -v '\.journal$')" ]; then
        complain "ulimit -$*: leaves $(ls "$out")"
    fi
    return $got
}

# climb NUMBER... -- ARGUMENT...: in so many MB each.  What has worked three times is only looked at
# here and there from then on.
climb() {
    local steps=() step worked=0
    while [ "$1" != -- ]; do
        steps+=("$1")
        shift
    done
    shift
    limited c 0 "$@" || complain "$* fails without limits: $(cat "$dir/stderr")"
    mv "$dir/stdout" "$dir/whole"
    for step in "${steps[@]}"; do
        [ $worked -lt 3 ] || [ -n "${sparse[step]-}" ] || continue
        tried 'out of memory' v $((step << 10)) "$@" && worked=$((worked + 1))
    done
}

# within NUMBER ARGUMENT...: works in so many MB.  MPI's libraries are large.
within() {
    local step=$1
    shift
    climb "$step" -- "$@"
    case $features in *'MPI no'*) ;; *) return ;; esac
    [ ! -s "$dir/stderr" ] || complain "not in $step MB: $*: $(cat "$dir/stderr")"
}

counting=(count -q -m "$model" "${speech[@]}" -l "$demo/textgrid" --pitch auto -j 2
    -o "$out/o.counts")
matrix=(erase -q --matrix -m "$model" -c "$sid" --property gender "${speech[@]}" --task sid
    --piece 0.4 --controls 2)

within 64 --version
within 64 info "$ssl"
within 64 neurons "$ssl" --property gender
within 64 pattern "$ssl" --phone AH --layer 2
within 64 overlap "$ssl" --layer 3 phone gender pitch
within 64 select "$sid" --property gender --select paper,mi --layer 4
within 160 layers "$ssl" --property gender,pitch

# all: every command that is tried, with the steps of $steps.
all() {
    climb "${steps[@]}" -- "${counting[@]}"
    [ -n "${staircase-}" ] || return
    climb "${steps[@]}" -- explore "$ssl" --dump
    climb "${steps[@]}" -- info "$model"
    climb "${steps[@]}" -- info "$ssl"
    climb "${steps[@]}" -- --help
    climb "${steps[@]}" -- completion bash
    climb "${steps[@]}" -- info "$demo/textgrid"
    climb "${steps[@]}" -- info "$demo/audio"
    climb "${steps[@]}" -- layers "$ssl"
    climb "${steps[@]}" -- neurons "$sid" --property gender --layer 2 --tests --draws 40
    climb "${steps[@]}" -- pattern "$ssl" --phone AH --layer 2 --format json
    climb "${steps[@]}" -- map "$ssl" --property gender --layer 3
    climb "${steps[@]}" -- overlap "$ssl" --layer 3 phone gender pitch
    climb "${steps[@]}" -- select "$sid" --property gender --select paper,lape,mi --layer 4
    climb "${steps[@]}" -- null "$ssl" --property phone --draws 20
    climb "${steps[@]}" -- stability "$sid" --property gender --draws 20
    climb "${steps[@]}" -- sweep "$sid" --property gender --draws 5 --sigma 70,80
    climb "${steps[@]}" -- confound "$sid" --property gender --given pitch --draws 5 --layer 2
    climb "${steps[@]}" -- ledger "ssl=$ssl" --draws 5
    climb "${steps[@]}" -- figure 3b "$ssl" --layer 3 -o "$out/f.svg"
    case $features in
        *'cairo yes'*)
            climb "${steps[@]}" -- figure 3b "$ssl" --layer 3 -o "$out/f.pdf"
            climb "${steps[@]}" -- figure 3b "$ssl" --layer 3 -o "$out/f.png"
            ;;
    esac
    climb "${steps[@]}" -- movement "$demo/models/ssl.safetensors" "$model" -c "$ssl" --draws 9
    climb "${steps[@]}" -- merge -q -o "$out/m.counts" "$ssl"
    climb "${steps[@]}" -- activations -q -m "$model" "$demo/audio/M1-3-0000.flac" -o "$out/a"
    climb "${steps[@]}" -- erase -q -m "$model" -c "$sid" --set gender -o "$out/er"
    climb "${steps[@]}" -- prune -q -m "$model" -c "$sid" --keep 50% --protect gender \
        --criterion l1 --shape equal -o "$out/pr"
    climb "${steps[@]}" -- "${matrix[@]}"
    climb "${steps[@]}" -- prune -q --curve -m "$model" -c "$sid" --protect gender \
        -a "$demo/audio" --task sid --piece 0.4 --keep 50% --draws 2
    climb "${steps[@]}" -- eval -q -m "$model" "${speech[@]}" --task sid
    climb "${steps[@]}" -- eval -q -m "$model" "${speech[@]}" -l "$demo/textgrid" \
        --pitch "$demo/labels/demo-f0-hz.json" --task f0
    climb "${steps[@]}" -- eval -q -m "$model" "${speech[@]}" -l "$demo/textgrid" --task centroid
    climb "${steps[@]}" -- randomize -q -m "$model" -o "$out/ra"
    climb "${steps[@]}" -- demo --dump
    climb "${steps[@]}" -- explore "$ssl" --dump --view map
    climb "${steps[@]}" -- explore "$ssl" "$sid" --dump --view compare
    climb "${steps[@]}" -- explore "$ssl" --dump --view statistics --draws 20
}
steps=(${staircase:-34 40})
all

# Open files: the run ends, and no recording is to blame.  Counting keeps its journal open, so that
# one more file is not enough; an experiment on one processor opens one at a time, which is.
for command in counting ${staircase:+matrix}; do
    declare -n arguments=$command
    limited c 0 "${arguments[@]}" && mv "$dir/stdout" "$dir/whole"
    for n in 4 7 ${staircase:+5 6 8 9 10 12 16}; do
        tried 'too many open files' n "$n" "${arguments[@]}" &&
            [ "$command $n" = 'counting 4' ] && complain 'counts with one open file'
    done
done

# Processes, and so threads: fewer will do, none is said.  The superuser has no such limit.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    as='setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs'
    chmod 755 "$dir"
fi
if [ "$(id -u)" != 0 ] || { [ -n "$as" ] && limited c 0 info "$ssl"; }; then
    limited c 0 "${counting[@]}" && mv "$dir/stdout" "$dir/whole"
    tried 'no thread could be started' u 1 "${counting[@]}"
    limited u 1 neurons "$ssl" --property gender || complain "not in one process: $(cat "$dir/stderr")"
fi
exit $failed
