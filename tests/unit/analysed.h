/*
 * analysed.h - counts that a test makes in memory, under analysis with the phones of ARPABET.
 */
#ifndef PROPNEU_ANALYSED_H
#define PROPNEU_ANALYSED_H

#include "unit.h"

#include "analysis/analysis.h"
#include "corpus/phones.h"

static struct err err;
static struct phones phones;

struct analysed {
    struct counts counts; /* made first */
    struct analysis analysis;
};

static inline void analysed_open(struct analysed *a)
{
    assert_ok(analysis_init(&a->analysis, &a->counts, &phones, &err));
}

static inline void analysed_close(struct analysed *a)
{
    analysis_free(&a->analysis);
    counts_free(&a->counts);
}

/* For cmocka_run_group_tests. */
static inline int analysed_set_up(void **state)
{
    (void)state;
    return phones_open(&phones, NULL, &err) ? -1 : 0;
}

static inline int analysed_tear_down(void **state)
{
    (void)state;
    phones_free(&phones);
    return 0;
}

#endif
