#!/bin/sh
# The sources are as clang-format 14 lays them out (other versions differ in details).
set -u
cd "${srcdir:-.}" || exit 1
for program in clang-format-14 clang-format; do
    if "$program" --version 2>/dev/null | grep -q 'version 14\.'; then
        find src include examples tests -name '*.[ch]' -exec "$program" --dry-run -Werror {} + && exit 0
        echo "clang-format-14 -i on these files mends it"
        exit 1
    fi
done
echo "clang-format 14 is not installed"
exit 77
