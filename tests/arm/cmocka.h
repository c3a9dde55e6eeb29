/*
 * cmocka.h - what the kernels' tests use of cmocka, for programs that are compiled for another
 * processor, for which there are no libraries here (tests/arm.sh).  The first failure ends the
 * program.
 */
#ifndef PROPNEU_ARM_CMOCKA_H
#define PROPNEU_ARM_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};

#define cmocka_unit_test(function) \
    {                              \
#function, function        \
    }

#define fail_msg(...)                                                         \
    do {                                                                      \
        printf("%s:%d: ", __FILE__, __LINE__), printf(__VA_ARGS__), puts(""); \
        exit(1);                                                              \
    } while (0)

#define assert_true(x)                  \
    do {                                \
        if (!(x))                       \
            fail_msg("not so: %s", #x); \
    } while (0)
#define assert_false(x)                  assert_true(!(x))
#define assert_non_null(x)               assert_true((x) != NULL)
#define assert_int_equal(a, b)           assert_true((a) == (b))
#define assert_string_equal(a, b)        assert_true(strcmp((a), (b)) == 0)
#define assert_memory_equal(a, b, bytes) assert_true(memcmp((a), (b), (bytes)) == 0)

#define cmocka_run_group_tests(tests, setup, teardown) \
    group_run(tests, sizeof(tests) / sizeof *(tests), setup, teardown)

static inline int group_run(const struct CMUnitTest *test, size_t n, int (*setup)(void **),
                            int (*teardown)(void **))
{
    void *state = NULL;
    if (setup && setup(&state) != 0)
        return 1;
    for (size_t i = 0; i < n; i++) {
        test[i].run(&state);
        printf("passed %s\n", test[i].name);
    }
    return teardown ? teardown(&state) != 0 : 0;
}

#endif
