#!/bin/sh
# Holds what the folders of src/ may use: a layer sees itself and those below it; curses belongs to
# src/tui, printing to src/cli and src/tui, ending the program to main.c.
set -u
cd "${srcdir:-.}" || exit 1
failed=0

complain() {
    echo "$*"
    failed=1
}

# The number of a layer; cli and tui are both on top.
rank() {
    case $1 in
    base) echo 1 ;;
    formats) echo 2 ;;
    speech) echo 3 ;;
    model) echo 4 ;;
    count) echo 5 ;;
    analysis) echo 6 ;;
    edit) echo 7 ;;
    eval) echo 8 ;;
    view) echo 9 ;;
    tui | cli) echo 10 ;;
    *) echo 0 ;;
    esac
}

included() {
    sed -n 's|^#[ ]*include "propneu/\(.*\)\.h".*|\1|p' "$1"
}

# The layer of the public header $1: that of its source; a header alone belongs to the highest
# layer it includes.
header_rank() {
    best=1
    for source in src/*/"$1".c; do
        [ -e "$source" ] || continue
        folder=${source%/*}
        rank "${folder#src/}"
        return
    done
    for other in $(included "include/propneu/$1.h"); do
        r=$(rank_of "$other")
        [ "$r" -le "$best" ] || best=$r
    done
    echo $best
}

rank_of() {
    r=$(sed -n "s/^$1 //p" "$ranks")
    [ -n "$r" ] && echo "$r" || header_rank "$1"
}

ranks=$(mktemp) || exit 1
trap 'rm -f "$ranks"' EXIT
for header in include/propneu/*.h; do
    name=${header##*/}
    name=${name%.h}
    # In a subshell: header_rank calls itself, and sh has no local variables.
    r=$(header_rank "$name")
    echo "$name $r" >>"$ranks"
done

for file in src/*/*.c src/*/*.h include/propneu/*.h; do
    [ -e "$file" ] || continue
    folder=${file%/*}
    folder=${folder#src/}
    name=${file##*/}
    if [ "$folder" = include/propneu ]; then
        own=$(rank_of "${name%.h}")
    else
        own=$(rank "$folder")
        [ "$own" -gt 0 ] || complain "src/$folder: not a known layer"
    fi
    for other in $(included "$file"); do
        [ -e "include/propneu/$other.h" ] || complain "$file: includes the missing propneu/$other.h"
        r=$(rank_of "$other")
        [ "$r" -le "$own" ] || complain "$file: includes propneu/$other.h of a layer above its own"
    done
    for other in $(sed -n 's|^#[ ]*include "\.\./\([a-z]*\)/.*|\1|p' "$file"); do
        [ "$(rank "$other")" -le "$own" ] || complain "$file: includes a header of src/$other"
    done
done

# Lines of code in the folders $2... that match $1, strings and one-line comments taken out.
code_lines() {
    pattern=$1
    shift
    for folder in "$@"; do
        for file in src/"$folder"/*.[ch]; do
            [ -e "$file" ] || continue
            [ "$file" != src/cli/main.c ] || continue
            sed -e 's/"\([^"\\]\|\\.\)*"/""/g' -e 's|/\*.*\*/||' -e '/^ *\/\?\*/d' "$file" |
                grep -E "$pattern" | sed "s|^|$file: |"
        done
    done
}

quiet='base formats speech model count analysis edit eval view'
word='(^|[^_[:alnum:]])'
# shellcheck disable=SC2086
{
    found=$(code_lines "${word}(printf|vprintf|puts|putchar|perror)[ ]*\\(|${word}(stdout|stderr)${word}" $quiet)
    [ -z "$found" ] || complain "printing outside src/cli and src/tui:
$found"
    found=$(code_lines "${word}(exit|_exit|_Exit|quick_exit|abort)[ ]*\\(" $quiet cli tui)
    [ -z "$found" ] || complain "ending the program outside main.c:
$found"
    found=$(code_lines '#[ ]*include <(n?curses|term|panel)[a-z]*(/[a-z]*)?\.h>' $quiet cli)
    [ -z "$found" ] || complain "curses outside src/tui:
$found"
}
exit $failed
