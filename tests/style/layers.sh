#!/bin/sh
# Holds what the rooms of src/ may use: a room sees itself and those below it; curses belongs to tui,
# printing to cli and tui, threads to base/worker, processes to background, ending the program to main.c;
# and of the explorer only its views know their names.
set -u
cd "${srcdir:-.}" || exit 1
failed=0

complain() {
    echo "$*"
    failed=1
}

# Every room, lowest first; cli and tui are both on top.
rooms='base formats corpus model count analysis inference edit train eval experiment report api screen figure
background explorer top'

found=$(find src -name '*.[ch]' | sort | xargs awk -v rooms="$rooms" '
    BEGIN {
        n = split(rooms, name, /[ \n]+/)
        for (i = 1; i <= n; i++) rank[name[i]] = i
        rank["cli"] = rank["tui"] = rank["top"]
    }
    # The view that a path belongs to, or "".
    function view_of(path) {
        if (path !~ /^explorer\/views\/[a-z_]*\//) return ""
        sub(/^explorer\/views\//, "", path)
        sub(/\/.*/, "", path)
        return path
    }
    FNR == 1 {
        file = FILENAME
        sub(/^src\//, "", file)
        room = file
        sub(/\/.*/, "", room)
        if (!(room in rank)) print FILENAME ": not in a known room"
    }
    /^#[ ]*include "/ {
        other = $0
        sub(/^#[ ]*include "/, "", other)
        sub(/".*/, "", other)
        if (other == "config.h") next
        if (other !~ /\//) { print FILENAME ": includes " other " without its room"; next }
        theirs = other
        sub(/\/.*/, "", theirs)
        if (!(theirs in rank)) print FILENAME ": includes " other " of no known room"
        else if (rank[theirs] > rank[room]) print FILENAME ": includes " other " of a room above its own"
        if (view_of(other) != "" && view_of(other) != view_of(file))
            print FILENAME ": includes " other " of a view"
    }')
[ -z "$found" ] || complain "$found"

# All lines of code as "FILE: LINE", strings and one-line comments taken out.  main.c may do anything.
code=$(mktemp) || exit 1
trap 'rm -f "$code"' EXIT
find src -name '*.[ch]' ! -path src/cli/main.c | sort | xargs awk '{
    gsub(/"([^"\\]|\\.)*"/, "\"\"")
    sub(/\/\*.*\*\//, "")
    if ($0 !~ /^ *\/?\*/) print FILENAME ": " $0
}' >"$code"

# forbid WHAT PATTERN BUT [IN]: no line of code may match, but in files that match BUT; or only IN
# those that match that.
forbid() {
    found=$(pattern=$2 but=$3 in=${4-.} awk '{
        at = index($0, ": ")
        file = substr($0, 1, at - 1)
        if (file ~ ENVIRON["in"] && file !~ ENVIRON["but"] && substr($0, at + 2) ~ ENVIRON["pattern"])
            print
    }' "$code")
    [ -z "$found" ] || complain "$1:
$found"
}

# The installed interface is put in front of the rooms in src/api alone.
found=$(grep -rlE '#[ ]*include <propneu/' src | grep -v '^src/api/')
[ -z "$found" ] || complain "includes include/propneu outside src/api: $found"

word='(^|[^_[:alnum:]])'
forbid 'printing outside cli and tui' \
    "${word}(printf|vprintf|puts|putchar|perror)[ ]*\\(|${word}(stdout|stderr)${word}" \
    '^src/(cli|tui)/'
forbid 'ending the program outside main.c' \
    "${word}(exit|_exit|_Exit|quick_exit|abort)[ ]*\\(" '^$'
forbid 'threads made outside base/worker' \
    "${word}(pthread_create|thrd_create)[ ]*\\(" \
    '^src/base/worker\.c$'
forbid 'threads left behind' "${word}(pthread|thrd)_detach[ ]*\\(" '^$'
forbid 'processes made outside background' \
    "${word}(fork|vfork|forkpty|posix_spawnp?|system|popen|exec[lv]p?e?)[ ]*\\(" \
    '^src/background/'
forbid 'curses outside tui' '#[ ]*include <(n?curses|term|panel)[a-z]*(/[a-z]*)?\.h>' \
    '^src/tui/'
# A generic file of the explorer knows a view by struct view alone: neither its identifier, nor its
# struct view, nor anything that its headers declare.  The table of the views, views/views.h, is
# above the folders.
views=$(find src/explorer/views -mindepth 1 -type d | sed 's|.*/||' | sort)
names=$(for view in $views; do
    echo "VIEW_$(echo "$view" | tr '[:lower:]' '[:upper:]')"
    echo "view_$view"
    echo "${view}_state"
    sed -nE 's/^[a-z][^();]*[ *]([a-z0-9_]+)\(.*/\1/p' src/explorer/views/"$view"/*.h
done | sort -u | paste -sd '|' -)
forbid 'a view named in a generic file of the explorer' "${word}($names)([^_[:alnum:]]|\$)" '^$' \
    '^src/explorer/[^/]*$'
exit $failed
