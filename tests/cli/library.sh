#!/bin/sh
# The installed interface: headers that stand alone in C and in C++, a shared library that exports
# what they declare and nothing else, and examples that do what the commands do.
. "${srcdir:=.}/tests/cli/lib.sh"
: "${CC:=cc}" "${CXX:=c++}" "${SAN_CFLAGS=}" "${top_builddir:=.}"
include=$srcdir/include
strict='-Wall -Wextra -pedantic -Werror'
cxx=
$CXX --version >/dev/null 2>&1 && cxx=$CXX

# Each header alone; it includes nothing but its own kind and three headers of the language.
for header in "$include"/propneu/*.h; do
    name=${header##*/}
    echo "#include <propneu/$name>" >"$dir/alone.c"
    $CC -std=c11 $strict "-I$include" -fsyntax-only "$dir/alone.c" || complain "$name: not C"
    [ -z "$cxx" ] || $cxx -x c++ -std=c++17 $strict "-I$include" -fsyntax-only "$dir/alone.c" ||
        complain "$name: not C++"
    guard=PROPNEU_$(echo "${name%.h}" | tr a-z A-Z)_H
    grep -q "^#ifndef $guard\$" "$header" || complain "$name: its guard is not $guard"
    foreign=$(sed -n 's/^ *# *define  *\([A-Za-z0-9_]*\).*/\1/p' "$header" |
        grep -vE "^PN_|^$guard\$")
    [ -z "$foreign" ] || complain "$name: defines $foreign"
    foreign=$(sed -n 's/^ *# *include  *//p' "$header" |
        grep -vE '^<(propneu/[a-z]*|stdbool|stddef|stdint)\.h>$')
    [ -z "$foreign" ] || complain "$name: includes $foreign"
    [ "$name" = propneu.h ] || grep -q "<propneu/$name>" "$include/propneu/propneu.h" ||
        complain "propneu.h: does not include $name"
done
[ -n "$cxx" ] || echo "no C++ compiler: that was not checked"

# What is declared, what is listed, and what is exported.
cat "$include"/propneu/*.h | sed -n '/^PN_API /s/^PN_API [^(]*[ *]\(pn_[a-z0-9_]*\)(.*/\1/p' |
    sort >"$dir/declared"
[ "$(grep -hc '^PN_API ' "$include"/propneu/*.h | awk '{n += $1} END {print n}')" = \
    "$(wc -l <"$dir/declared")" ] || complain 'a line that begins with PN_API declares no pn_ function'
LC_ALL=C sort -c "$srcdir/src/api/propneu.sym" || complain 'propneu.sym is not sorted'
LC_ALL=C sort "$dir/declared" | diff - "$srcdir/src/api/propneu.sym" >"$dir/diff" ||
    complain "declared (<) and listed in propneu.sym (>): $(cat "$dir/diff")"
library=$(ls "$top_builddir"/.libs/libpropneu.so 2>/dev/null)
if [ -z "$library" ]; then
    echo "no shared library: its symbols and the examples were not checked"
    exit $failed
fi
nm -D --defined-only "$library" | awk '$2 ~ /[A-Z]/ && $3 !~ /^__(sancov|start_|stop_)/ {print $3}' |
    LC_ALL=C sort | diff - "$srcdir/src/api/propneu.sym" >"$dir/diff" ||
    complain "exported (<) and listed in propneu.sym (>): $(cat "$dir/diff")"

# The examples, linked with the library as it lies here.
demo=$srcdir/data/demo
export LD_LIBRARY_PATH="$top_builddir/.libs${LD_LIBRARY_PATH+:$LD_LIBRARY_PATH}"
export PROPNEU_DATA="$srcdir/data"
for example in count_corpus gender_neurons erase; do
    $CC -std=c11 $strict $SAN_CFLAGS "-I$include" -o "$dir/$example" "$srcdir/examples/$example.c" \
        "-L$top_builddir/.libs" -lpropneu || complain "$example: not C"
    [ -z "$cxx" ] || $cxx -x c++ -std=c++17 $strict "-I$include" -fsyntax-only \
        "$srcdir/examples/$example.c" || complain "$example: not C++"
done
. "$srcdir/tests/cli/examples.sh"
compare_examples "$dir" "$PROPNEU" "$demo" "$dir"
exit $failed
