#!/bin/sh
# The manual pages are well-formed, and name every command and every option that --help names.
set -u
top=${srcdir:-.}
failed=0

complain() {
    echo "$*"
    failed=1
}

page=$top/man/propneu.1
commands=$("$PROPNEU" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z0-9-]*\)  .*/\1/p')
[ -n "$commands" ] || complain "propneu --help lists no commands"

# The options --help names, after the heading $1 up to the next empty line.
options() {
    sed -n "/^$1:/,/^\$/s/^  \\(-.,\\|   \\) --\\([a-z][a-z0-9-]*\\).*/\\2/p"
}

for command in $commands; do
    section=$(sed -n "/^\\.Ss $command\$/,/^\\.S[sh] /p" "$page")
    if [ -z "$section" ]; then
        complain "propneu.1: the command '$command' has no section"
        continue
    fi
    for option in $("$PROPNEU" "$command" --help | options Options); do
        echo "$section" | grep -q "Fl -$option\\( \\|\$\\)" ||
            complain "propneu.1: $command: the option --$option is missing"
    done
    # and the other way round
    for option in $(echo "$section" | sed -n 's/^\.It .*Fl -\([a-z][a-z0-9-]*\).*/\1/p'); do
        "$PROPNEU" "$command" --help | grep -q -e "--$option\\([ =[]\\|\$\\)" ||
            complain "propneu.1: $command: no option --$option in --help"
    done
done
for option in $("$PROPNEU" --help | options 'Options of every command'); do
    sed -n '/^\.Sh OPTIONS/,/^\.Sh /p' "$page" | grep -q "Fl -$option\\( \\|\$\\)" ||
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
