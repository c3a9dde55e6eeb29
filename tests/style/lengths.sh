#!/bin/sh
# Files of at most 450 lines, functions of at most 120.
set -u
cd "${srcdir:-.}" || exit 1
failed=0

for file in $(find src -name "*.[ch]" | sort); do
    [ -e "$file" ] || continue
    lines=$(wc -l <"$file")
    if [ "$lines" -gt 450 ]; then
        echo "$file: $lines lines, more than 450"
        failed=1
    fi
done

if ctags --version 2>/dev/null | grep -q Universal; then
    long=$(ctags --languages=C --kinds-C=f --fields=+ne -f - $(find src -name "*.c") | awk -F '\t' '{
        first = last = 0
        for (i = 4; i <= NF; i++) {
            if ($i ~ /^line:/) first = substr($i, 6)
            if ($i ~ /^end:/) last = substr($i, 5)
        }
        if (last - first + 1 > 120)
            print $2 ": " $1 " has " last - first + 1 " lines, more than 120"
    }')
    if [ -n "$long" ]; then
        echo "$long"
        failed=1
    fi
else
    echo "no universal-ctags: functions were not measured"
fi
exit $failed
