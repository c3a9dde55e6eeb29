#!/bin/sh
# The arithmetic kernels for 64-bit Arm processors, compiled by a cross compiler and run under
# emulation: their tests, with the NEON build and the one for any machine.  Run by "make check-arm".
# No library is needed for it but C's own (tests/arm/cmocka.h).
set -u
compiler=${ARM_CC:-aarch64-linux-gnu-gcc}
run=${ARM_RUN:-qemu-aarch64 -L /usr/aarch64-linux-gnu}
top=${srcdir:-.}
for tool in "$compiler" "${run%% *}"; do
    command -v "$tool" >/dev/null || {
        echo "no $tool: Debian has it in gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, qemu-user"
        exit 77
    }
done
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
kernels=$top/src/model/kernels
echo '#define HAVE_NEON 1' >"$dir/config.h"

# compile NAME ARGUMENT...: an object, compiled as configure does.
compile() {
    name=$1
    shift
    "$compiler" -std=gnu11 -D_GNU_SOURCE -O2 -fno-math-errno -Wall -Wextra -Werror -I"$dir" -I"$top/src" -I"$top/tests/arm" \
        -c -o "$dir/$name.o" "$@" || exit 1
}

for source in "$kernels"/*_impl.c; do
    name=$(basename "$source" _impl.c)
    compile "$name-neon" -DKERNELS_NEON "$source"
    compile "$name-portable" "$source"
done
for source in kernels select; do
    compile "$source" "$kernels/$source.c"
done
compile activation "$top/src/model/activation.c"
compile activation_back "$top/src/model/backward/activation_back.c"
mkdir "$dir/tests" "$dir/base"
for source in "$top"/src/base/*.c; do
    compile "base/$(basename "$source" .c)" "$source"
done

failed=0
for test in test_kernels test_backward_kernels test_select; do
    compile "tests/$test" "$top/tests/unit/$test.c"
    "$compiler" -static -o "$dir/$test" "$dir/tests/$test.o" "$dir"/*.o "$dir"/base/*.o -lm || exit 1
    echo "== $test"
    $run "$dir/$test" || failed=1
done
[ "$($run "$dir/test_kernels" chosen)" = neon ] || {
    echo "NEON kernels are not chosen"
    failed=1
}
exit $failed
