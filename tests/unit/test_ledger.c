/* The paper's claims on data whose truth is known. */
#include "config.h"

#include <math.h>

#include "inference/ledger.h"
#include "simulated.h"

#include "analysed.h" /* last: its names would be shadowed in others */

static const struct simulation plain = {.speakers = 16,
                                        .phones = 15,
                                        .layers = 4,
                                        .width = 64,
                                        .tau = 4,
                                        .frames = 12,
                                        .phone = 0.5,
                                        .speaker = 0.3,
                                        .share = 0.5,
                                        .seed = 5};

static void open_model(struct analysed *m, const struct simulation *s)
{
    simulated_counts(&m->counts, s);
    analysed_open(m);
    m->analysis.params.sigma = 0.6;
}

static const struct ledger_row *claim(const struct ledger *l, const char *words)
{
    for (uint32_t i = 0; i < l->rows; i++)
        if (strstr(l->row[i].claim, words))
            return &l->row[i];
    fail_msg("no claim '%s'", words);
    return NULL;
}

static void make(struct ledger *l, struct analysed *ssl, struct analysed *sid, unsigned threads)
{
    struct ledger_request r = {.threads = threads, .bootstrap = {.draws = 199}};
    r.file[LEDGER_SSL] = &ssl->analysis;
    r.file[LEDGER_SID] = sid ? &sid->analysis : NULL;
    assert_ok(ledger_make(l, &r, &err));
}

/* Every verdict has a command, and what cannot be told for want of something says so. */
static void claims_are_judged(void **state)
{
    struct simulation strong = plain;
    struct analysed ssl, sid;
    struct ledger l;
    (void)state;
    open_model(&ssl, &plain);
    strong.gender = 2;
    open_model(&sid, &strong);
    make(&l, &ssl, &sid, 2);
    assert_int_equal(claim(&l, "gender has neurons")->verdict, LEDGER_CANNOT_TELL);
    assert_int_equal(claim(&l, "identification raises gender")->verdict, LEDGER_HOLDS);
    assert_true(claim(&l, "identification raises gender")->low > 0);
    assert_int_equal(claim(&l, "recognition leaves")->verdict, LEDGER_CANNOT_TELL);
    assert_non_null(strstr(claim(&l, "recognition leaves")->why, "pr=FILE"));
    assert_true(claim(&l, "pitch has neurons")->why[0]); /* no such factor */
    for (uint32_t i = 0; i < l.rows; i++)
        assert_true(l.row[i].command || l.row[i].why[0]);
    ledger_free(&l);
    make(&l, &sid, &ssl, 1);
    assert_int_equal(claim(&l, "gender has neurons")->verdict, LEDGER_HOLDS);
    assert_int_equal(claim(&l, "identification raises gender")->verdict, LEDGER_FAILS);
    ledger_free(&l);
    analysed_close(&ssl);
    analysed_close(&sid);
}

/* Of two layers none is in the middle, and few draws or speakers tell nothing. */
static void too_little_tells_nothing(void **state)
{
    struct simulation strong = plain;
    struct analysed few, one;
    struct ledger l;
    (void)state;
    strong.gender = 2;
    strong.layers = 2;
    open_model(&few, &strong);
    make(&l, &few, NULL, 2);
    assert_non_null(strstr(claim(&l, "middle layers lack gender")->why, "2 layers are too few"));
    assert_non_null(strstr(claim(&l, "last layer has gender")->why, "2 layers are too few"));
    assert_true(isnan(claim(&l, "middle layers lack gender")->ours));
    assert_false(isnan(claim(&l, "genders separate best")->low));
    ledger_free(&l);
    strong.layers = 4;
    open_model(&one, &strong);
    struct ledger_request r = {.threads = 1, .bootstrap = {.draws = 98}};
    r.file[LEDGER_SSL] = &one.analysis;
    assert_ok(ledger_make(&l, &r, &err));
    for (uint32_t i = 0; i < l.rows; i++)
        assert_true(isnan(l.row[i].low) || l.row[i].verdict == LEDGER_CANNOT_TELL);
    assert_non_null(strstr(claim(&l, "genders separate best")->why, "98 draws"));
    ledger_free(&l);
    analysed_close(&few);
    analysed_close(&one);
}

static void threads_change_nothing(void **state)
{
    struct analysed ssl;
    struct ledger a, b;
    (void)state;
    open_model(&ssl, &plain);
    make(&a, &ssl, NULL, 1);
    make(&b, &ssl, NULL, 7);
    for (uint32_t i = 0; i < a.rows; i++) {
        assert_memory_equal(&a.row[i].ours, &b.row[i].ours, 5 * sizeof(double));
        assert_int_equal(a.row[i].verdict, b.row[i].verdict);
    }
    ledger_free(&a);
    ledger_free(&b);
    analysed_close(&ssl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_judged),
        cmocka_unit_test(too_little_tells_nothing),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, analysed_set_up, analysed_tear_down);
}
