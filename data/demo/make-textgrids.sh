#!/bin/sh
# make-textgrids.sh TABLES FOLDER
#
# Makes a TextGrid with the tier phones in FOLDER for each table "tier start end label" of TABLES,
# which make-corpus wrote.
set -eu

mkdir -p "$2"
for table in "$1"/*.tsv; do
    name=${table##*/}
    awk -F '\t' '
        $1 == "phone" {
            n++
            end = $3
            text = text sprintf("            intervals [%d]:\n                xmin = %s\n" \
                "                xmax = %s\n                text = \"%s\"\n", n, $2, $3, $4)
        }
        END {
            printf "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n"
            printf "xmin = 0\nxmax = %s\ntiers? <exists>\nsize = 1\nitem []:\n", end
            printf "    item [1]:\n        class = \"IntervalTier\"\n        name = \"phones\"\n"
            printf "        xmin = 0\n        xmax = %s\n        intervals: size = %d\n%s", end, n, text
        }' "$table" >"$2/${name%.tsv}.TextGrid"
done
