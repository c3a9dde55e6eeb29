#!/bin/sh
# Holds that doubles become text in base/number.c alone, where negative zeros lose their sign: no
# other source has a floating conversion in a format, nor makes a JSON real by itself.
set -u
cd "${srcdir:-.}" || exit 1

# Exceptions: the helper itself, the one place that gives jansson a real, and what reads numbers.
sources=$(find src -name '*.[ch]' ! -path src/base/number.c ! -path src/formats/jsontext.c | sort)

# Comments are taken out, and %%; then every string of a line is searched.  sscanf may read doubles.
# Names of files have no blanks.
# shellcheck disable=SC2086
found=$(awk '
    {
        code = $0
        gsub(/\/\*.*\*\//, "", code)
        sub(/\/\*.*/, "", code)
        if (code ~ /^ *\*/ || code ~ /scanf/) next
        gsub(/%%/, "", code)
        if (code ~ /(^|[^_[:alnum:]])json_real *\(/) { print FILENAME ":" FNR ": " $0; next }
        while (match(code, /"([^"\\]|\\.)*"/)) {
            text = substr(code, RSTART + 1, RLENGTH - 2)
            code = substr(code, RSTART + RLENGTH)
            if (text ~ /%[-+ #0]*([0-9]+|\*)?(\.([0-9]+|\*)?)?[lL]?[aAeEfFgG]/) {
                print FILENAME ":" FNR ": " $0
                break
            }
        }
    }' $sources)
[ -z "$found" ] || {
    echo "numbers printed otherwise than by base/number.h:
$found"
    exit 1
}
