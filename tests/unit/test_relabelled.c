/* Relabelled controls: scores of labelings against plain loops, planted effects, no effect at all,
 * journals, and the whole of it on the demo. */
#include "config.h"

#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "edit/intervention.h"
#include "experiment/experiment_text.h"
#include "experiment/relabelled.h"
#include "experiment/session.h"
#include "unit.h"

enum { ROWS = 2, SPEAKERS = 8, LAYERS = 2 };

static struct err err;

static char *text(const char *s)
{
    return mem_strndup(s, strlen(s));
}

/* Labels with as many speakers in either group, the first labeling observed: 0 0 0 0 1 1 1 1. */
static void shuffle(uint32_t *label, uint64_t seed, uint32_t draw)
{
    struct rng r = rng_at(seed, draw);
    for (uint32_t u = 0; u < SPEAKERS; u++)
        label[u] = u >= SPEAKERS / 2;
    for (uint32_t n = SPEAKERS; draw && n > 1; n--) {
        uint32_t k = (uint32_t)rng_below(&r, n), keep = label[n - 1];
        label[n - 1] = label[k];
        label[k] = keep;
    }
}

/* A matrix of two groups with DRAWS labelings, nothing measured yet. */
static void make(struct experiment *x, uint32_t draws, uint64_t seed)
{
    *x = (struct experiment){.kind = EXPERIMENT_MATRIX,
                             .title = text("toy"),
                             .settings = text("version: 1\n"),
                             .command = text("propneu"),
                             .request = text(""),
                             .all_neurons = 40,
                             .layers = LAYERS,
                             .rows = ROWS,
                             .measures = 1,
                             .columns = 1,
                             .points = 2,
                             .steps = 1 + ROWS * (1 + draws)};
    struct experiment_relabelled *r = &x->relabelled;
    x->row = mem_zeros(ROWS, sizeof *x->row);
    x->measure = mem_zeros(1, sizeof *x->measure);
    x->column = mem_zeros(1, sizeof *x->column);
    x->point = mem_zeros(2, sizeof *x->point);
    x->step = mem_zeros(x->steps, sizeof *x->step);
    *r =
        (struct experiment_relabelled){.units = SPEAKERS, .draws = draws, .strata = text("engine")};
    r->unit = mem_zeros(SPEAKERS, sizeof *r->unit);
    r->label = mem_zeros((draws + (size_t)1) * SPEAKERS, sizeof *r->label);
    for (uint32_t u = 0; u < SPEAKERS; u++)
        r->unit[u] = text("S");
    for (uint32_t d = 0; d <= draws; d++)
        shuffle(r->label + (size_t)d * SPEAKERS, seed, d);
    x->measure[0] = text("speaker");
    x->column[0] = text("all");
    x->step[0].row = EXPERIMENT_NOTHING;
    for (uint32_t g = 0; g < ROWS; g++) {
        x->row[g].name = text(g ? "male" : "female");
        x->row[g].size = mem_zeros(LAYERS, sizeof *x->row[g].size);
        x->row[g].size[1] = 5 + g;
    }
    for (uint32_t i = 1; i < x->steps; i++)
        x->step[i] =
            (struct experiment_step){(i - 1) % ROWS, EXPERIMENT_RELABELLED, (i - 1) / ROWS};
    assert_ok(experiment_room(x, &err));
}

/* Errors of STEP by speaker: some by chance, and OWN more in the group whose neurons are erased. */
static void measure(struct experiment *x, uint32_t step, struct rng *rng, uint32_t own)
{
    const struct experiment_step *s = &x->step[step];
    const uint32_t *label = x->relabelled.label + (size_t)s->draw * SPEAKERS;
    for (uint32_t u = 0; u < SPEAKERS; u++) {
        struct experiment_cell *c = &experiment_speakers(x, step, 0)[u];
        c->trials = 400 + 10 * u;
        c->errors = 50 + rng_below(rng, 40) + (s->row == label[u] && step ? own : 0);
        c->loss = (double)c->errors / 97;
    }
    *experiment_cells(x, step, 0) = (struct experiment_cell){7, 90, 0.5};
    x->is_done[step] = true;
    x->done++;
}

/* T of a labeling by the definition, from its steps 1 + ROWS * draw + row. */
static double twin(const struct experiment *x, uint32_t draw, enum experiment_quantity q)
{
    const uint32_t *label = x->relabelled.label + (size_t)draw * SPEAKERS;
    double score = 0;
    for (uint32_t g = 0; g < ROWS; g++) {
        double sum[2] = {0, 0}, trials[2] = {0, 0};
        for (uint32_t u = 0; u < SPEAKERS; u++) {
            const struct experiment_cell *a = &experiment_speakers(x, 0, 0)[u];
            const struct experiment_cell *b = &experiment_speakers(x, 1 + ROWS * draw + g, 0)[u];
            double n = (double)a->trials;
            sum[label[u] == g] += q == EXPERIMENT_LOSS ? (b->loss - a->loss) * n
                                                       : (double)b->errors - (double)a->errors;
            trials[label[u] == g] += n;
        }
        score += (sum[1] / trials[1] - sum[0] / trials[0]) / ROWS;
    }
    return score;
}

static void measure_all(struct experiment *x, uint64_t seed, uint32_t observed, uint32_t others)
{
    struct rng rng = rng_at(seed, 0);
    for (uint32_t i = 0; i < x->steps; i++)
        measure(x, i, &rng, x->step[i].draw ? others : observed);
}

static void scores_are_those_of_plain_loops(void **state)
{
    enum { DRAWS = 19 };
    struct experiment x;
    (void)state;
    make(&x, DRAWS, 3);
    measure_all(&x, 11, 9, 4);
    for (int q = EXPERIMENT_ERROR; q <= EXPERIMENT_LOSS; q++) {
        struct experiment_change c =
            experiment_relabelled(&x, 0, (enum experiment_quantity)q, 0.95);
        double t[DRAWS], observed = twin(&x, 0, (enum experiment_quantity)q), mean = 0;
        uint32_t reached = 0;
        for (uint32_t d = 0; d < DRAWS; d++) {
            t[d] = twin(&x, d + 1, (enum experiment_quantity)q);
            mean += t[d] / DRAWS;
            reached += t[d] >= observed;
        }
        struct interval v = interval_of(t, DRAWS, 0.95);
        assert_float_equal(c.change, observed, 1e-12);
        assert_int_equal(c.controls.count, DRAWS);
        assert_float_equal(c.controls.mean, mean, 1e-12);
        assert_float_equal(c.controls.low, v.low, 1e-12);
        assert_float_equal(c.controls.high, v.high, 1e-12);
        assert_float_equal(c.p, (1.0 + reached) / (1 + DRAWS), 1e-12);
    }
    assert_int_equal(experiment_relabelled_neurons(&x), 11);
    assert_int_equal(experiment_relabelled_before(&x, 0).trials, 8 * 400 + 280);
    experiment_free(&x);
}

/* Only the observed labeling's neurons hurt their own group: no other reaches it. */
static void planted_effect_is_found(void **state)
{
    struct experiment x;
    (void)state;
    make(&x, 99, 5);
    measure_all(&x, 1, 90, 0);
    for (uint32_t d = 1; d <= 99; d++) /* drawn labelings may be the observed one or its mirror */
        assert_true(twin(&x, d, EXPERIMENT_ERROR) < twin(&x, 0, EXPERIMENT_ERROR));
    assert_float_equal(experiment_relabelled(&x, 0, EXPERIMENT_ERROR, 0.95).p, 0.01, 1e-12);
    /* Where they are all there are, the observed one is among them. */
    x.relabelled.enumerated = true;
    assert_float_equal(experiment_relabelled(&x, 0, EXPERIMENT_ERROR, 0.95).p, 0, 1e-12);
    for (uint32_t u = 0; u < SPEAKERS; u++)
        for (uint32_t g = 0; g < ROWS; g++)
            experiment_speakers(&x, 1 + ROWS * 4 + g, 0)[u] = experiment_speakers(&x, 1 + g, 0)[u];
    memcpy(x.relabelled.label + (size_t)4 * SPEAKERS, x.relabelled.label,
           SPEAKERS * sizeof *x.relabelled.label);
    assert_float_equal(experiment_relabelled(&x, 0, EXPERIMENT_ERROR, 0.95).p, 1.0 / 99, 1e-12);
    experiment_free(&x);
}

/* Any split's neurons hurt their own side: the observed one is nothing special, and p as often
 * below each level as the level says. */
static void any_split_is_no_finding(void **state)
{
    enum { SETS = 500, DRAWS = 99 };
    static const double level[] = {.01, .05, .1, .2};
    int below[4] = {0};
    (void)state;
    for (uint64_t i = 0; i < SETS; i++) {
        struct experiment x;
        make(&x, DRAWS, i);
        measure_all(&x, 1000 + i, 60, 60);
        double p = experiment_relabelled(&x, 0, EXPERIMENT_ERROR, 0.95).p;
        for (int k = 0; k < 4; k++)
            below[k] += p <= level[k];
        experiment_free(&x);
    }
    for (int k = 0; k < 4; k++) {
        double a = level[k], share = (double)below[k] / SETS;
        if (share > a + 3 * sqrt(a * (1 - a) / SETS))
            fail_msg("p <= %g in %g of the data sets", a, share);
    }
}

/* A run cut short scores the labelings that are whole. */
static void labelings_that_are_not_done_are_left_out(void **state)
{
    struct experiment x;
    struct rng rng = rng_at(2, 0);
    (void)state;
    make(&x, 9, 7);
    assert_true(isnan(experiment_relabelled(&x, 0, EXPERIMENT_ERROR, 0.95).change));
    measure(&x, 0, &rng, 0);
    measure(&x, 1, &rng, 0);
    assert_true(isnan(experiment_relabelled(&x, 0, EXPERIMENT_ERROR, 0.95).change));
    for (uint32_t i = 2; i < 8; i++) /* observed, 1 and 2 whole, half of 3 */
        measure(&x, i, &rng, 0);
    x.relabelled.enumerated = true; /* not all are there yet: p as of draws */
    struct experiment_change c = experiment_relabelled(&x, 0, EXPERIMENT_ERROR, 0.95);
    assert_float_equal(c.change, twin(&x, 0, EXPERIMENT_ERROR), 1e-12);
    assert_int_equal(c.controls.count, 2);
    assert_true(c.p >= 1.0 / 3 - 1e-12);
    experiment_free(&x);
}

/* A curve's labelings: low is good, and the observed one, draw 0, is none of them. */
static void curves_have_a_p(void **state)
{
    enum { DRAWS = 9 };
    static const uint64_t errors[1 + DRAWS] = {20, 30, 40, 20, 25, 19, 50, 60, 70, 80};
    struct experiment x = {.kind = EXPERIMENT_CURVE,
                           .title = text("toy"),
                           .settings = text(""),
                           .command = text("propneu"),
                           .request = text(""),
                           .all_neurons = 40,
                           .layers = LAYERS,
                           .rows = 1,
                           .measures = 1,
                           .columns = 1,
                           .points = 1,
                           .steps = 2 + DRAWS};
    struct experiment y = {0};
    struct buf b = BUF_INIT;
    size_t good;
    (void)state;
    x.row = mem_zeros(1, sizeof *x.row);
    x.row[0].name = text(experiment_relabelled_name);
    x.row[0].size = mem_zeros(LAYERS, sizeof *x.row[0].size);
    x.measure = mem_zeros(1, sizeof *x.measure);
    x.measure[0] = text("speaker");
    x.column = mem_zeros(1, sizeof *x.column);
    x.column[0] = text("all");
    x.point = mem_zeros(1, sizeof *x.point);
    x.point[0] = 0.5;
    x.step = mem_zeros(x.steps, sizeof *x.step);
    x.step[0].row = EXPERIMENT_NOTHING;
    x.relabelled = (struct experiment_relabelled){.draws = DRAWS, .strata = text("none")};
    assert_ok(experiment_room(&x, &err));
    for (uint32_t d = 0; d <= DRAWS; d++) {
        x.step[1 + d].draw = d;
        *experiment_cells(&x, 1 + d, 0) = (struct experiment_cell){errors[d], 100, 1};
        x.is_done[1 + d] = true;
    }
    struct experiment_change c =
        experiment_relabelled_point(&x, 0, 0, 0, 0, EXPERIMENT_ERROR, 0.95);
    assert_float_equal(c.change, 0.2, 1e-12);
    assert_float_equal(c.p, 3.0 / 10, 1e-12); /* 20, which ties, and 19 */
    assert_int_equal(c.controls.count, DRAWS);
    assert_float_equal(c.controls.mean, 3.94 / 9, 1e-12);
    struct interval v = experiment_at(&x, 0, 0, 0, 0, EXPERIMENT_ERROR, 0.95);
    assert_int_equal(v.count, DRAWS);
    assert_float_equal(v.mean, c.controls.mean, 1e-12);
    /* All there are, among them the observed one; from the journal. */
    x.relabelled.enumerated = true;
    assert_ok(experiment_put_head(&b, &x, &err));
    for (uint32_t i = 1; i < x.steps; i++)
        assert_ok(experiment_put_step(&b, &x, i, 0, &err));
    assert_int_equal(experiment_get(&y, buf_text(&b), b.len, &good), EXPERIMENT_WHOLE);
    c = experiment_relabelled_point(&y, 0, 0, 0, 0, EXPERIMENT_ERROR, 0.95);
    assert_float_equal(c.p, 2.0 / 9, 1e-12);
    assert_string_equal(y.relabelled.strata, "none");
    buf_free(&b);
    experiment_free(&x);
    experiment_free(&y);
}

/* What a journal keeps gives the same scores. */
static void journals_keep_errors_by_speaker(void **state)
{
    struct experiment x, y = {0};
    struct buf b = BUF_INIT;
    size_t good;
    (void)state;
    make(&x, 5, 1);
    measure_all(&x, 4, 3, 2);
    x.relabelled.enumerated = true;
    assert_ok(experiment_put_head(&b, &x, &err));
    for (uint32_t i = 0; i < x.steps; i++)
        assert_ok(experiment_put_step(&b, &x, i, 0, &err));
    assert_int_equal(experiment_get(&y, buf_text(&b), b.len, &good), EXPERIMENT_WHOLE);
    assert_int_equal(good, b.len);
    assert_int_equal(y.done, x.steps);
    assert_int_equal(y.relabelled.units, SPEAKERS);
    assert_int_equal(y.relabelled.draws, 5);
    assert_true(y.relabelled.enumerated);
    assert_string_equal(y.relabelled.strata, "engine");
    for (int q = EXPERIMENT_ERROR; q <= EXPERIMENT_LOSS; q++) {
        struct experiment_change c[2] = {
            experiment_relabelled(&x, 0, (enum experiment_quantity)q, 0.95),
            experiment_relabelled(&y, 0, (enum experiment_quantity)q, 0.95)};
        assert_true(c[0].change == c[1].change && c[0].p == c[1].p);
        assert_true(c[0].controls.low == c[1].controls.low);
    }
    experiment_free(&x);
    experiment_free(&y);
    buf_free(&b);
}

/* Errors of every speaker in trials, with the neurons of SET erased; NULL: none. */
static void demo_errors(struct eval *e, const struct neuron_set *set,
                        const struct experiment_relabelled *r, double *errors, double *trials)
{
    const struct edit edit = {.kind = EDIT_SCALE, .sets = set};
    struct intervention change = {.layers = 0};
    struct eval_result result;
    uint32_t groups;
    const struct eval_group *g = eval_groups(e, &groups);
    if (set)
        assert_ok(intervention_init(&change, &edit, &err));
    assert_ok(eval_run(e, set ? &change.change : NULL, NULL, &result, &err));
    for (uint32_t u = 0; u < r->units; u++)
        for (uint32_t i = 0; i < groups; i++)
            if (strcmp(g[i].factor, "speaker") == 0 && strcmp(g[i].level, r->unit[u]) == 0) {
                errors[u] = (double)eval_score(&result, 0, i)->errors;
                trials[u] = (double)eval_score(&result, 0, i)->trials;
            }
    eval_result_free(&result);
    intervention_free(&change);
}

/* T of labeling DRAW of S: its sets erased one by one, errors added up speaker by speaker. */
static double demo_score(struct experiment_session *s, struct relabel *labels, uint32_t draw)
{
    const struct experiment_relabelled *r = &s->x->relabelled;
    const uint32_t *label = r->label + (size_t)draw * r->units;
    double before[16], after[16], trials[16], score = 0;
    demo_errors(s->eval, NULL, r, before, trials);
    for (uint32_t g = 0; g < s->x->rows; g++) {
        double change[2] = {0, 0}, n[2] = {0, 0};
        struct neuron_set set;
        assert_ok(
            neuron_set_init(&set, eval_model(s->eval)->layers, eval_model(s->eval)->width, &err));
        assert_ok(relabel_add(labels, draw, g, &set, &err));
        demo_errors(s->eval, &set, r, after, trials);
        for (uint32_t u = 0; u < r->units; u++) {
            change[label[u] == g] += after[u] - before[u];
            n[label[u] == g] += trials[u];
        }
        score += (change[1] / n[1] - change[0] / n[0]) / s->x->rows;
        neuron_set_free(&set);
    }
    return score;
}

static void demo_is_scored_as_by_hand(void **state)
{
    static const struct eval_hooks hooks = {.context = NULL};
    const struct experiment_options options = {.threads = 2, .hooks = &hooks};
    struct experiment_request r;
    struct experiment_session s;
    struct relabel labels;
    (void)state;
    experiment_request_init(&r, EXPERIMENT_MATRIX);
    r.eval.model = source_path("data/demo/models/sid.safetensors");
    r.counts = source_path("data/demo/counts/sid.counts");
    r.eval.corpus.audio = source_path("data/demo/audio");
    r.eval.corpus.speakers = source_path("data/demo/speakers.tsv");
    r.eval.task = EVAL_SID;
    r.eval.piece = 0.2;
    r.property = "gender";
    r.controls = 0;
    r.relabel = 2;
    r.strata = "engine";
    r.eval.seed = 4;
    assert_ok(experiment_session_open(&s, &r, &options, &err));
    assert_int_equal(s.x->steps, 1 + 2 + 2 * 3);
    assert_ok(experiment_session_run(&s, &err));
    const struct experiment *x = s.x;
    uint32_t size[4 * ROWS];
    for (uint32_t i = 0; i < 4 * ROWS; i++)
        size[i] = x->row[i % ROWS].size[i / ROWS];
    const struct relabel_options how = {
        .property = "gender",
        .exchange = {.strata = "engine", .speakers = r.eval.corpus.speakers, .draws = 2, .seed = 4},
        .size = size,
        .threads = 1};
    assert_ok(relabel_open(&labels, &s.counted.analysis, &how, &err));
    double t[2] = {demo_score(&s, &labels, 1), demo_score(&s, &labels, 2)};
    struct experiment_change c = experiment_relabelled(x, 0, EXPERIMENT_ERROR, 0.95);
    assert_float_equal(c.change, demo_score(&s, &labels, 0), 1e-12);
    assert_float_equal(c.controls.mean, (t[0] + t[1]) / 2, 1e-12);
    assert_int_equal(c.controls.count, 2);
    relabel_free(&labels);
    experiment_session_close(&s, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_those_of_plain_loops),
        cmocka_unit_test(planted_effect_is_found),
        cmocka_unit_test(any_split_is_no_finding),
        cmocka_unit_test(labelings_that_are_not_done_are_left_out),
        cmocka_unit_test(curves_have_a_p),
        cmocka_unit_test(journals_keep_errors_by_speaker),
        cmocka_unit_test(demo_is_scored_as_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
