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

mkdir -p "$dir/functions" "$dir/here" && cp "$dir/zsh" "$dir/functions/_propneu"
cd "$dir/here" && touch a.counts && mkdir folder
# shellcheck disable=SC1091
. "$dir/bash"

# SHELL_offers WORD...: what completing the last WORD gives, a word a line.
bash_offers() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _propneu
    printf '%s\n' "${COMPREPLY[@]}"
}

fish_offers() {
    # shellcheck disable=SC2016
    HOME=$dir fish --no-config -c 'source $argv[1]; complete -C "$argv[2]"' "$dir/fish" "$*" |
        sed 's/\t.*//; s/^--[a-z-]*=//'
}

# An interactive zsh of its own, whose compadd tells what it is given.
cat >"$dir/capture" <<'EOF'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1= fpath=($1 \$fpath) told=$2"
zpty -w z 'autoload -Uz compinit; compinit -u -D
compadd() {
    local -a found
    if [[ " ${@[1,(i)(-|--)]} " != *" -"[AOD]" "* ]]; then
        builtin compadd -O found "$@"
        print -rl -- $found >>$told
    fi
    builtin compadd "$@"
}
ended() { print END >>$told }
comppostfuncs=(ended)
bindkey "^I" complete-word'
zpty -w -n z "$3"$'\t'
for i in {1..400}; do
    grep -q END $2 && break
    zpty -r -t z ignored
    sleep 0.05
done
zpty -d z
grep -v '^END$' $2 | grep .
EOF
zsh_offers() {
    : >"$dir/told"
    HOME=$dir zsh -f "$dir/capture" "$dir/functions" "$dir/told" "$*"
}

shells=bash
command -v fish >/dev/null 2>&1 && shells="$shells fish"
zsh -f -c 'zmodload zsh/zpty' 2>/dev/null && shells="$shells zsh"

# offers SHELL WORD...: the same on one line, sorted, without the slash behind folders.
offers() {
    local shell=$1
    shift
    "${shell}_offers" "$@" | sed 's|/$||' | sort -u | paste -sd' ' -
}

# expect WANTED WORD...: in every shell there is.
expect() {
    local wanted=$1 got shell
    shift
    for shell in $shells; do
        got=$(offers $shell "$@")
        [ "$got" = "$wanted" ] || complain "$shell: completing '$*': got '$got', not '$wanted'"
    done
}

expect 'info' propneu inf
expect 'bash fish zsh' propneu completion ''
expect 'fish' propneu completion f
expect '--format' propneu info --form
expect 'json text tsv' propneu info --format ''
expect 'json' propneu info --format j
expect 'a.counts' propneu info a.c
expect 'a.counts folder' propneu info -o ''
expect 'demo' propneu dem
expect 'always auto never' propneu demo --color ''
expect 'layers' propneu explore --view lay
expect 'each-phone gender phone pitch speaker' propneu map --property ''
expect 'a.counts auto folder' propneu count --pitch ''
expect 'a.counts folder ipa-mfa timit' propneu neurons --phones ''
expect 'authors' propneu neurons --compat a
[ "$(offers bash propneu --)" = '--help --version' ] || complain "bash: not the program's options"

# Every command of --help is offered, and every option of every command.
for shell in $shells; do
    words=" $(offers $shell propneu '') "
    for command in $("$PROPNEU" --help |
        sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\)  .*/\1/p'); do
        case $words in
        *" $command "*) ;;
        *) complain "$shell does not offer $command" ;;
        esac
        options=" $(offers $shell propneu "$command" --) "
        for option in $("$PROPNEU" "$command" --help |
            sed -n 's/^  \(-.,\|   \) --\([a-z][a-z-]*\).*/\2/p'); do
            case $options in
            *" --$option "*) ;;
            *) complain "$shell does not offer --$option of $command" ;;
            esac
        done
    done
done
exit $failed
