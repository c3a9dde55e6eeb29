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

# SHELL_offers FILE: what completing each line of FILE gives: the line, a tab, and the words.
bash_offers() {
    local line
    while IFS= read -r line; do
        IFS=' ' read -ra COMP_WORDS <<<"$line"
        [[ $line == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        COMPREPLY=()
        _propneu
        printf '%s\t%s\n' "$line" "${COMPREPLY[*]}"
    done <"$1"
}

fish_offers() {
    # shellcheck disable=SC2016
    HOME=$dir fish --no-config -c 'source $argv[1]
while read -l line
    printf "%s\t%s\n" $line (complete -C $line | string replace -r "\t.*" "" | string join " ")
end <$argv[2]' "$dir/fish" "$1"
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
        print -r -- $found >>$told
    fi
    builtin compadd "$@"
}
ended() { print END >>$told }
tell() { comppostfuncs=(ended); zle complete-word }
zle -N tell
bindkey "^I" tell'
while IFS= read -r line; do
    : >$2
    zpty -w -n z $'\C-u'$line$'\t'
    for i in {1..1000}; do
        [[ $(<$2) == *END* ]] && break
        zpty -r -t z ignored
        sleep 0.005
    done
    print -r -- $line$'\t'${$(grep -v '^END$' $2)}
done <$3
zpty -d z
EOF
zsh_offers() {
    HOME=$dir timeout 120 zsh -f "$dir/capture" "$dir/functions" "$dir/told" "$1"
}

shells=bash
command -v fish >/dev/null 2>&1 && shells="$shells fish"
zsh -f -c 'zmodload zsh/zpty' 2>/dev/null && shells="$shells zsh"

# What each line shall offer in every shell: all of it.
cat >"$dir/wanted" <<'EOF'
propneu inf|info
propneu dem|demo
propneu completion |bash fish zsh
propneu completion f|fish
propneu info --form|--format
propneu info --format |json text tsv
propneu info --format j|json
propneu info a.c|a.counts
propneu info -o |a.counts folder
propneu demo --color |always auto never
propneu explore --view lay|layers
propneu map --property |backness each-phone gender height manner nasality phone pitch place rounding speaker voicing
propneu count --pitch |a.counts auto folder
propneu neurons --phones |a.counts folder ipa-mfa timit
propneu neurons --compat a|authors
EOF
commands=$("$PROPNEU" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z0-9-]*\)  .*/\1/p')
{
    sed 's/|.*//' "$dir/wanted"
    printf 'propneu %s --\n' $commands
    echo 'propneu '
} >"$dir/lines"

# words LINE: sorted, without the slash behind folders.
words() {
    tr ' ' '\n' <<<"$1" | sed 's|/$||' | sort -u | grep . | paste -sd' ' -
}

for shell in $shells; do
    "${shell}_offers" "$dir/lines" >"$dir/offers"
    declare -A offers=()
    while IFS=$'\t' read -r line got; do
        offers[$line]=$(words "$got")
    done <"$dir/offers"
    while IFS='|' read -r line wanted; do
        [ "${offers[$line]-}" = "$wanted" ] ||
            complain "$shell: completing '$line': got '${offers[$line]-}', not '$wanted'"
    done <"$dir/wanted"
    # Every command of --help is offered, and every option of every command.
    for command in $commands; do
        [[ " ${offers[propneu ]} " == *" $command "* ]] || complain "$shell does not offer $command"
        for option in $("$PROPNEU" "$command" --help |
            sed -n 's/^  \(-.,\|   \) --\([a-z][a-z0-9-]*\).*/\2/p'); do
            [[ " ${offers[propneu $command --]-} " == *" --$option "* ]] ||
                complain "$shell does not offer --$option of $command"
        done
    done
done
echo 'propneu --' >"$dir/lines"
[ "$(bash_offers "$dir/lines")" = $'propneu --\t--help --version' ] ||
    complain "bash: not the options of the program"
exit $failed
