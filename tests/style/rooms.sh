#!/bin/sh
# Draws which room of src/ includes which, from the sources: a table with a row for each room, lowest
# first, and an 'x' under each room that it uses.  All of them left of the diagonal: dependencies run
# one way.  As a test: HACKING.md has this very drawing.
#
#   tests/style/rooms.sh --draw      prints it
#   tests/style/rooms.sh --update    writes it into HACKING.md
set -u
cd "${srcdir:-.}" || exit 1

# The rooms in the order in which tests/style/layers.sh has them.
rooms=$(sed -n "/^rooms='/,/'\$/p" tests/style/layers.sh | tr -d "'" | sed 's/^rooms=//; s/top/tui cli/')

draw() {
    find src -name '*.[ch]' | xargs awk -v rooms="$(echo $rooms)" '
        BEGIN { n = split(rooms, name, " ") }
        FNR == 1 { split(FILENAME, part, "/"); from = part[2] }
        /^#[ ]*include "[a-z]+\// { split($0, part, /["\/]/); uses[from, part[2]] = 1 }
        END {
            for (i = 1; i <= n; i++) {
                line = sprintf("%-12s", name[i])
                for (j = 1; j <= n; j++)
                    line = line sprintf("%3s", i == j ? "." : (name[i], name[j]) in uses ? "x" : "")
                sub(/ +$/, "", line)
                print line
            }
        }'
}

if [ "${1-}" = --draw ]; then
    draw
    exit
fi
made=$(draw)
if [ "${1-}" = --update ]; then
    text=$(awk -v made="$made" '
        /^<!-- rooms -->/ { print; print "```"; print made; print "```"; inside = 1 }
        /^<!-- end -->/ { inside = 0 }
        !inside { print }' HACKING.md)
    printf '%s\n' "$text" >HACKING.md
    exit
fi
kept=$(sed -n '/^<!-- rooms -->/,/^<!-- end -->/p' HACKING.md | grep -v '^<!--\|^```')
[ "$made" = "$kept" ] && exit 0
echo "HACKING.md has another drawing than this; tests/style/rooms.sh --update mends it:"
echo "$made"
exit 1
