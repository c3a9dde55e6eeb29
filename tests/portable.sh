#!/bin/sh
# The tests of numbers on the arithmetic of other processors: with each build of the kernels.
# Run by "make check-portable" in the build's folder.  A golden file or a choice that hangs on last
# bits shows here.
set -u
failed=0
ran=

# What is computed by the kernels: forward passes, and all that is counted or measured with them.
kernel_tests='tests/unit/test_encoder tests/unit/test_tape tests/unit/test_wave
tests/unit/test_intervention tests/unit/test_count tests/unit/test_live
tests/unit/test_eval tests/unit/test_eval_heads tests/unit/test_experiment
tests/unit/test_experiments tests/cli/demo.sh tests/cli/count.sh tests/cli/activations.sh
tests/cli/edit.sh tests/cli/eval.sh'

# run NAME TESTS...: with what was set in the environment.
run() {
    name=$1
    shift
    ran="$ran${ran:+,} $name"
    echo "== $name"
    "${MAKE:-make}" -s check check_PROGRAMS= TESTS="$*" </dev/null || failed=1
}

for kernels in portable avx2 avx512 neon; do
    PROPNEU_KERNELS=$kernels
    export PROPNEU_KERNELS
    # Words in lists are split on purpose.
    # shellcheck disable=SC2086
    if [ "$(tests/unit/test_kernels chosen)" = $kernels ]; then
        run "kernels $kernels" $kernel_tests
    else
        echo "== kernels $kernels: not on this processor"
    fi
done
unset PROPNEU_KERNELS

[ -n "$ran" ] || {
    echo "nothing could be run: are the tests built?"
    exit 1
}
echo "ran:$ran"
exit $failed
