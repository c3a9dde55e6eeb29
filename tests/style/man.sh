#!/bin/sh
# The manual pages are well-formed, and name every command and every option that --help names.
set -u
top=${srcdir:-.}
failed=0
help=$(mktemp) || exit 1
trap 'rm -f "$help"' EXIT

complain() {
    echo "$*"
    failed=1
}

commands=$("$PROPNEU" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z0-9-]*\)  .*/\1/p')
[ -n "$commands" ] || complain "propneu --help lists no commands"

# The options --help names, after the heading $1 up to the next empty line.
options() {
    sed -n "/^$1:/,/^\$/s/^  \\(-.,\\|   \\) --\\([a-z][a-z0-9-]*\\).*/\\2/p"
}

for command in $commands; do
    page=$top/man/propneu-$command.1
    if [ ! -e "$page" ]; then
        complain "the command '$command' has no page man/propneu-$command.1"
        continue
    fi
    "$PROPNEU" "$command" --help >"$help"
    for option in $(options Options <"$help"); do
        grep -q "Fl -$option\\( \\|\$\\)" "$page" || complain "$page: the option --$option is missing"
    done
    # and the other way round; prune has a second help
    [ "$command" != prune ] || "$PROPNEU" prune --retrain --help >>"$help"
    for option in $(sed -n 's/^\.It .*Fl -\([a-z][a-z0-9-]*\).*/\1/p' "$page"); do
        grep -q -e "--$option\\([ =[]\\|\$\\)" "$help" || complain "$page: no option --$option in --help"
    done
    grep -q "^\.It Xr propneu-$command 1\$" "$top/man/propneu.1" ||
        complain "propneu.1: the command '$command' is not listed"
done
for option in $("$PROPNEU" --help | options 'Options of every command'); do
    sed -n '/^\.Sh OPTIONS/,/^\.Sh /p' "$top/man/propneu.1" | grep -q "Fl -$option\\( \\|\$\\)" ||
        complain "propneu.1: the option --$option of every command is missing"
done

if command -v mandoc >/dev/null 2>&1; then
    for file in "$top"/man/*.[1-8]; do
        mandoc -T lint -W warning "$file" || failed=1
    done
else
    echo "no mandoc: the form of the pages was not checked"
fi
exit $failed
