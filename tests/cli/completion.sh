#!/bin/bash
# Shell completions: they parse, and bash offers what belongs at the cursor.
. "$srcdir/tests/cli/lib.sh"

for shell in bash zsh fish; do
    "$PROPNEU" completion $shell >"$dir/$shell" || complain "propneu completion $shell failed"
    [ -s "$dir/$shell" ] || complain "propneu completion $shell is empty"
    command -v $shell >/dev/null 2>&1 || continue
    $shell -n "$dir/$shell" || complain "$shell does not understand its completion"
done
"$PROPNEU" completion tcsh >"$dir/out" 2>"$dir/err"
[ $? = 2 ] && [ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/err")" = 1 ] ||
    complain "an unknown shell is not a usage error on one line"

# shellcheck disable=SC1091
. "$dir/bash"
mkdir "$dir/here" && cd "$dir/here" && touch a.counts && mkdir folder

# offers WORD...: what completing the last WORD gives, on one line, sorted.
offers() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _propneu
    printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd' ' -
}

# expect WANTED WORD...
expect() {
    local wanted=$1 got
    shift
    got=$(offers "$@")
    [ "$got" = "$wanted" ] || complain "completing '$*': got '$got', not '$wanted'"
}

expect 'info' propneu inf
expect 'bash fish zsh' propneu completion ''
expect 'fish' propneu completion f
expect '--format' propneu info --form
expect 'json text tsv' propneu info --format ''
expect 'json' propneu info --format j
expect 'a.counts' propneu info a.c
expect 'a.counts folder' propneu info -o ''
expect '--help --version' propneu --
case " $(offers propneu '') " in
*' completion '*) ;;
*) complain "completing the command does not offer 'completion'" ;;
esac

# Every command of --help is offered, and every option of every command.
for command in $("$PROPNEU" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\)  .*/\1/p'); do
    words=" $(offers propneu "$command" --) "
    for option in $("$PROPNEU" "$command" --help |
        sed -n 's/^  \(-.,\|   \) --\([a-z][a-z-]*\).*/\2/p'); do
        case $words in
        *" --$option "*) ;;
        *) complain "bash does not offer --$option of $command" ;;
        esac
    done
done
exit $failed
