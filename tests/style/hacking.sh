#!/bin/sh
# Each example of HACKING.md, a block that begins with "```c FILE [PART]", is that file, or the part of it
# that begins with "/* [PART]"; the file is compiled with the tests: so the text cannot fall behind the
# code.
#
#   tests/style/hacking.sh --update    writes the files into HACKING.md
set -u
cd "${srcdir:-.}" || exit 1
made=$(mktemp) || exit 1
trap 'rm -f "$made"' EXIT

awk '
    /^```c [^ ]+/ {
        print
        file = $2
        part = $0
        sub(/^```c [^ ]+ ?/, "", part)
        on = part == ""
        while ((getline line < file) > 0) {
            if (part != "" && index(line, "/* [") == 1)
                on = index(line, "/* [" part "]") == 1
            if (on) print line
        }
        close(file)
        inside = 1
        next
    }
    inside && /^```$/ { inside = 0 }
    !inside { print }' HACKING.md >"$made"

if [ "${1-}" = --update ]; then
    cat "$made" >HACKING.md
    exit
fi
for file in $(sed -n 's/^```c \([^ ]*\).*/\1/p' HACKING.md); do
    [ -s "$file" ] || { echo "HACKING.md: no $file"; exit 1; }
done
diff HACKING.md "$made" && exit 0
echo "HACKING.md differs from its examples (<): tests/style/hacking.sh --update mends it"
exit 1
