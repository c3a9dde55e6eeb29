/*
 * The cluster bootstrap, stability of sets, halves and differences of two models, against sums over
 * the cells of a file that are made again for every draw.
 */
#include "config.h"

#include <math.h>

#include "base/bitset.h"
#include "inference/contrast.h"
#include "inference/difference.h"
#include "inference/split.h"
#include "inference/stability.h"
#include "inference/summary.h"
#include "spoken_counts.h"

#include "analysed.h" /* last: its names would be shadowed in others */

enum { DRAWS = 60, GROUPS = 3 };

static void open_spoken(struct analysed *f, const struct spoken *s)
{
    spoken_counts(&f->counts, s);
    analysed_open(f);
}

/* Group neurons of LAYER, SET [groups][TOY_WIDTH], when speaker s counts TIMES [speakers] often. */
static void naive_sets(struct analysed *f, const char *property, uint32_t layer,
                       const uint32_t *times, bool set[GROUPS][TOY_WIDTH])
{
    const struct counts *c = &f->counts;
    const struct property *p;
    int by = counts_find_factor(c, property);
    unsigned points[GROUPS] = {0}, with[GROUPS][TOY_WIDTH] = {{0}};
    assert_ok(analysis_property(&f->analysis, property, &p, &err));
    assert_true(p->groups <= GROUPS);
    for (uint32_t k = 0; k < p->points; k++) {
        uint32_t g = p->point[k].group, n = 0, hits[TOY_WIDTH] = {0};
        for (uint32_t cell = 0; cell < c->cells; cell++) {
            int32_t level = by > 0 ? c->factor[by].index[cell] : 0;
            uint32_t often = times[c->factor[1].index[cell]];
            if (c->factor[0].index[cell] != p->point[k].phone || level < 0)
                continue;
            if (by > 0 && strcmp(c->factor[by].level[level], p->group.name[g]) != 0)
                continue;
            n += (uint32_t)c->frames[cell] * often;
            for (uint32_t i = 0; i < TOY_WIDTH; i++)
                hits[i] += c->layer[layer].u32[(size_t)cell * TOY_WIDTH + i] * often;
        }
        points[g] += n > 0;
        for (uint32_t i = 0; i < TOY_WIDTH; i++)
            with[g][i] += n > 0 && hits[i] * TOY_WIDTH > n * TOY_TAU;
    }
    for (uint32_t i = 0; i < TOY_WIDTH; i++) {
        unsigned in = 0;
        for (uint32_t g = 0; g < p->groups; g++)
            in += points[g] && with[g][i] >= 0.8 * points[g];
        for (uint32_t g = 0; g < p->groups; g++)
            set[g][i] = in == 1 && points[g] && with[g][i] >= 0.8 * points[g];
    }
}

static double naive_size(bool set[GROUPS][TOY_WIDTH], uint32_t group, uint32_t end)
{
    double n = 0;
    for (uint32_t g = group; g < end; g++)
        for (uint32_t i = 0; i < TOY_WIDTH; i++)
            n += set[g][i];
    return n;
}

/* How often each level of speaker counts in DRAW. */
static void naive_times(const struct bootstrap *b, uint64_t draw, uint32_t times[SPOKEN_MOST])
{
    uint32_t place[SPOKEN_MOST];
    memset(times, 0, SPOKEN_MOST * sizeof *times);
    bootstrap_times(b, draw, place);
    for (uint32_t i = 0; i < b->design.owners; i++)
        times[b->level[i]] = place[i];
}

static void speakers_are_drawn_within_their_cells(void **state)
{
    const struct spoken s = {.seed = 1, .speakers = 20, .columns = true};
    const struct bootstrap_options o[] = {{.seed = 5}, {.strata = "none"}, {.strata = "hall"}};
    static const char *const within[] = {"gender x engine", "gender", "gender"};
    struct analysed f;
    (void)state;
    open_spoken(&f, &s);
    for (int k = 0; k < 3; k++) {
        struct bootstrap b;
        double drawn[SPOKEN_MOST] = {0}, missing = 0;
        assert_ok(bootstrap_make(&b, &f.analysis, k == 1 ? "phone" : "gender", &o[k], false, &err));
        assert_string_equal(b.design.within, within[k]);
        assert_string_equal(b.design.drawn, "speakers");
        assert_string_equal(b.design.left_out, k == 2 ? "hall" : "");
        assert_int_equal(b.design.draws, BOOTSTRAP_DRAWS);
        assert_int_equal(b.design.owners, 20);
        for (uint64_t d = 0; d < 2000; d++) {
            uint32_t times[SPOKEN_MOST], of[2][2] = {{0}};
            naive_times(&b, d, times);
            for (uint32_t v = 0; v < 20; v++) {
                of[v % 2][v >= 10] += times[v];
                drawn[v] += times[v];
                missing += times[v] == 0;
            }
            assert_int_equal(of[0][0] + of[0][1], 10);
            assert_int_equal(of[1][0] + of[1][1], 10);
            if (k == 0)
                assert_int_equal(of[0][0], 5);
        }
        /* One of n is left out of n draws with probability (1 - 1/n)^n. */
        double n = k == 0 ? 5 : 10, left = pow(1 - 1 / n, n);
        assert_true(fabs(missing / 40000 - left) < 4 * sqrt(left * (1 - left) / 40000) + 0.001);
        for (uint32_t v = 0; v < 20; v++) /* standard error .022 */
            assert_true(fabs(drawn[v] / 2000 - 1) < 0.09);
        bootstrap_free(&b);
    }
    analysed_close(&f);
}

/* Shares and sizes of PROPERTY are those of sets made again for every draw. */
static void check_stability(struct analysed *f, const char *property)
{
    const struct bootstrap_options o = {.draws = DRAWS, .seed = 3};
    struct stability_request r = {.property = property, .bootstrap = o, .threads = 2};
    struct stability s;
    struct bootstrap b;
    uint32_t others = 0, unsure = 0;
    assert_ok(stability_make(&s, &f->analysis, &r, &err));
    assert_ok(bootstrap_make(&b, &f->analysis, property, &o, false, &err));
    assert_int_equal(s.layers, 2);
    for (uint32_t l = 0; l < 2; l++) {
        uint32_t want[GROUPS][TOY_WIDTH] = {{0}}, once[SPOKEN_MOST], groups = s.property->groups;
        double sum = 0;
        bool set[GROUPS][TOY_WIDTH];
        for (int v = 0; v < SPOKEN_MOST; v++)
            once[v] = 1;
        for (uint64_t d = 0; d < DRAWS; d++) {
            uint32_t times[SPOKEN_MOST];
            naive_times(&b, d, times);
            naive_sets(f, property, l, times, set);
            sum += naive_size(set, 0, groups);
            for (uint32_t g = 0; g < groups; g++)
                for (uint32_t i = 0; i < TOY_WIDTH; i++)
                    want[g][i] += set[g][i];
        }
        naive_sets(f, property, l, once, set);
        assert_true(s.layer[l].size.observed == naive_size(set, 0, groups));
        assert_true(fabs(s.layer[l].size.mean - sum / DRAWS) < 1e-9);
        for (uint32_t g = 0; g < groups; g++)
            for (uint32_t i = 0; i < TOY_WIDTH; i++) {
                assert_int_equal(bitset_has(s.layer[l].group + g * s.layer[l].words, i), set[g][i]);
                assert_int_equal(s.layer[l].times[g * TOY_WIDTH + i], want[g][i]);
                assert_true(stability_share(&s, &s.layer[l], g, i) ==
                            (double)want[g][i] / (double)DRAWS);
                others += !set[g][i] && want[g][i] > 0;
                unsure += set[g][i] && want[g][i] < DRAWS;
            }
    }
    assert_true(others > 0); /* the file has something to find */
    assert_true(unsure > 0);
    bootstrap_free(&b);
    stability_free(&s);
}

static void shares_are_those_of_sums_made_again(void **state)
{
    const struct spoken s = {.seed = 1, .speakers = 14};
    struct analysed f;
    (void)state;
    open_spoken(&f, &s);
    check_stability(&f, "gender");
    check_stability(&f, "phone");
    check_stability(&f, "pitch");
    analysed_close(&f);
}

static void threads_change_nothing(void **state)
{
    static const unsigned threads[] = {1, 2, 7};
    const struct spoken s = {.seed = 2, .speakers = 12};
    const uint32_t second = 1;
    struct stability of[3];
    struct analysed f;
    (void)state;
    open_spoken(&f, &s);
    for (int t = 0; t < 3; t++) {
        struct stability_request r = {.property = "gender",
                                      .layer = &second,
                                      .layers = 1,
                                      .bootstrap = {.draws = 300},
                                      .threads = threads[t]};
        assert_ok(stability_make(&of[t], &f.analysis, &r, &err));
    }
    for (int t = 1; t < 3; t++) {
        assert_memory_equal(of[t].layer[0].times, of[0].layer[0].times,
                            2 * TOY_WIDTH * sizeof *of[0].layer[0].times);
        assert_memory_equal(&of[t].layer[0].size, &of[0].layer[0].size, sizeof of[0].layer[0].size);
    }
    for (int t = 0; t < 3; t++)
        stability_free(&of[t]);
    analysed_close(&f);
}

static void halves_are_made_within_cells(void **state)
{
    const struct spoken s = {.seed = 4, .speakers = 21, .columns = true};
    struct analysed f;
    (void)state;
    open_spoken(&f, &s);
    for (uint64_t seed = 0; seed < 20; seed++) {
        const struct bootstrap_options o = {.strata = seed < 10 ? "hall" : NULL, .seed = seed};
        struct split split, again;
        assert_ok(split_make(&split, &f.analysis, "gender", NULL, 0, &o, &err));
        assert_ok(split_make(&again, &f.analysis, "gender", NULL, 0, &o, &err));
        assert_string_equal(split.design.within, seed < 10 ? "gender x hall" : "gender x engine");
        assert_int_equal(split.chosen + split.kept, 21);
        assert_true(split.chosen == 10 || split.chosen == 11); /* odd cells take turns */
        for (uint32_t l = 0; l < 2; l++) {
            const struct split_layer *h = &split.layer[l];
            assert_int_equal(h->layer, l);
            assert_true(h->size_kept <= h->size_chosen);
            assert_true(h->silhouette_chosen > -1 && h->silhouette_chosen < 1);
            assert_memory_equal(h, &again.layer[l], sizeof *h);
        }
        split_free(&split);
        split_free(&again);
    }
    analysed_close(&f);
}

/* What is clear in all speakers is found on both halves; a half is its speakers alone. */
static void halves_are_files_of_half_the_speakers(void **state)
{
    const struct spoken s = {.seed = 6, .speakers = 4, .clear = true}; /* two of each gender */
    const struct bootstrap_options o = {.seed = 1};
    const uint32_t layer = 0;
    struct split split;
    struct analysed f;
    (void)state;
    open_spoken(&f, &s);
    assert_ok(split_make(&split, &f.analysis, "gender", &layer, 1, &o, &err));
    bool found = false;
    for (uint32_t half = 0; half < 4; half++) { /* one of the four is the chosen half */
        uint32_t times[SPOKEN_MOST] = {0}, rest[SPOKEN_MOST] = {0}, kept = 0;
        bool set[GROUPS][TOY_WIDTH], other[GROUPS][TOY_WIDTH];
        for (uint32_t v = 0; v < 4; v++)
            (v / 2 == (half >> v % 2 & 1) ? times : rest)[v] = 1;
        naive_sets(&f, "gender", 0, times, set);
        naive_sets(&f, "gender", 0, rest, other);
        for (uint32_t g = 0; g < 2; g++)
            for (uint32_t i = 0; i < TOY_WIDTH; i++)
                kept += set[g][i] && other[g][i];
        found = found || (naive_size(set, 0, 2) == split.layer[0].size_chosen &&
                          kept == split.layer[0].size_kept);
    }
    assert_true(found);
    assert_true(split.layer[0].size_kept > 0);
    split_free(&split);
    analysed_close(&f);
}

static void difference_of(struct difference *d, struct analysed *a, struct analysed *b,
                          unsigned threads)
{
    struct difference_request r = {.property = "gender",
                                   .layers = 2,
                                   .layer = (const uint32_t[]){0, 1},
                                   .bootstrap = {.draws = DRAWS, .seed = 9},
                                   .threads = threads};
    assert_ok(difference_add(&r, "size", &err));
    assert_ok(difference_add(&r, "size:female", &err));
    assert_ok(difference_add(&r, "full-dim", &err));
    assert_ok(difference_make(d, &a->analysis, &b->analysis, &r, &err));
    assert_int_equal(d->rows, 6);
}

/* The numbers of a row from its draws, written out. */
static void check_row(const struct difference_row *row)
{
    double shifted[DRAWS], mean = 0, d = row->a - row->b;
    unsigned below = 0, above = 0;
    for (int i = 0; i < DRAWS; i++)
        mean += row->value[i] / DRAWS;
    for (int i = 0; i < DRAWS; i++) {
        shifted[i] = row->value[i] - (mean - d);
        below += shifted[i] <= 1e-12;
        above += shifted[i] >= -1e-12;
    }
    qsort(shifted, DRAWS, sizeof *shifted, summary_compare);
    assert_true(fabs(row->difference - d) < 1e-12);
    assert_true(fabs(row->bias - (mean - d)) < 1e-12);
    /* .025 of the way over 59 steps: 1.475 */
    assert_true(fabs(row->low - (shifted[1] + 0.475 * (shifted[2] - shifted[1]))) < 1e-12);
    assert_true(fabs(row->high - (shifted[57] + 0.525 * (shifted[58] - shifted[57]))) < 1e-12);
    double p = 2.0 * (1 + (below < above ? below : above)) / (1 + DRAWS);
    assert_true(fabs(row->p - (p > 1 ? 1 : p)) < 1e-12);
}

/* B heard other speakers, too, and numbers them in another order: they are paired by name. */
static void models_are_compared_on_the_speakers_they_share(void **state)
{
    const struct spoken s[2] = {
        {.seed = 1, .speakers = 14, .clear = true},
        {.seed = 2, .first = 2, .speakers = 16, .backwards = true},
    };
    const struct bootstrap_options o = {.draws = DRAWS, .seed = 9};
    struct difference d, threaded;
    struct bootstrap leader, b;
    struct analysed f[2];
    (void)state;
    open_spoken(&f[0], &s[0]);
    open_spoken(&f[1], &s[1]);
    difference_of(&d, &f[0], &f[1], 2);
    difference_of(&threaded, &f[0], &f[1], 7);
    assert_int_equal(d.design.owners, 12);
    assert_int_equal(d.owners[0], 14);
    assert_int_equal(d.owners[1], 16);
    assert_int_equal(d.shared, 6);
    assert_ok(bootstrap_make(&leader, &f[0].analysis, "gender", &o, false, &err));
    assert_ok(bootstrap_follow(&b, &f[1].analysis, "gender", &leader, &err));
    for (uint64_t draw = 0; draw < DRAWS; draw++)
        for (uint32_t l = 0; l < 2; l++) {
            uint32_t times[2][SPOKEN_MOST];
            double size[2], female[2];
            naive_times(&leader, draw, times[0]);
            naive_times(&b, draw, times[1]);
            for (uint32_t v = 2; v < 14; v++)
                assert_int_equal(times[0][v], times[1][17 - v]);
            for (int i = 0; i < 2; i++) {
                bool set[GROUPS][TOY_WIDTH];
                naive_sets(&f[i], "gender", l, times[i], set);
                size[i] = naive_size(set, 0, 2);
                const struct property *p;
                assert_ok(analysis_property(&f[i].analysis, "gender", &p, &err));
                uint32_t g = names_find(&p->group, "female");
                female[i] = naive_size(set, g, g + 1);
            }
            assert_true(d.row[l].value[draw] == size[0] - size[1]);
            assert_true(d.row[2 + l].value[draw] == female[0] - female[1]);
        }
    for (uint32_t i = 0; i < 6; i++) {
        check_row(&d.row[i]);
        assert_memory_equal(d.row[i].value, threaded.row[i].value, DRAWS * sizeof(double));
    }
    bootstrap_free(&leader);
    bootstrap_free(&b);
    difference_free(&d);
    difference_free(&threaded);
    analysed_close(&f[0]);
    analysed_close(&f[1]);
}

static void a_model_does_not_differ_from_itself(void **state)
{
    const struct spoken s = {.seed = 1, .speakers = 10};
    struct difference d;
    struct analysed f[2];
    (void)state;
    open_spoken(&f[0], &s);
    open_spoken(&f[1], &s);
    difference_of(&d, &f[0], &f[1], 1);
    for (uint32_t i = 0; i < 6; i++) {
        assert_true(d.row[i].difference == 0 && isnan(d.row[i].low) && isnan(d.row[i].high));
        assert_true(isnan(d.row[i].p) && d.row[i].why);
    }
    difference_free(&d);
    analysed_close(&f[0]);
    analysed_close(&f[1]);
}

/* What chance gives is taken off values and draws; the best layer is another one in each draw. */
static void best_layers_are_compared_beyond_chance(void **state)
{
    const struct spoken s[2] = {{.seed = 1, .speakers = 12, .clear = true},
                                {.seed = 2, .speakers = 12}};
    static const uint32_t layer[] = {0, 1};
    struct difference_request r = {.property = "gender",
                                   .layer = layer,
                                   .layers = 2,
                                   .statistic = {{.statistic = &statistic_size}},
                                   .statistics = 1,
                                   .best = true,
                                   .bootstrap = {.draws = DRAWS, .seed = 9},
                                   .threads = 1};
    struct null_request n = {.property = "gender",
                             .statistic = {{.statistic = &statistic_size}},
                             .statistics = 1,
                             .exchange = {.draws = DRAWS, .seed = 9},
                             .threads = 1};
    struct difference plain, excess;
    struct null_result null[2];
    struct analysed f[2];
    (void)state;
    open_spoken(&f[0], &s[0]);
    open_spoken(&f[1], &s[1]);
    assert_ok(difference_make(&plain, &f[0].analysis, &f[1].analysis, &r, &err));
    r.excess = true;
    assert_ok(difference_make(&excess, &f[0].analysis, &f[1].analysis, &r, &err));
    for (int i = 0; i < 2; i++)
        assert_ok(null_make(&null[i], &f[i].analysis, &n, &err));
    assert_int_equal(plain.rows, 3);
    assert_true(plain.row[2].layer == DIFFERENCE_BEST);
    assert_true(plain.row[2].a == fmax(plain.row[0].a, plain.row[1].a));
    assert_true(excess.row[2].b == fmax(excess.row[0].b, excess.row[1].b));
    for (uint32_t l = 0; l < 2; l++) {
        double of_a = null[0].row[l].summary.mean, of_b = null[1].row[l].summary.mean;
        assert_true(of_a > 0 && of_b > 0);
        assert_true(fabs(excess.row[l].a - (plain.row[l].a - of_a)) < 1e-9);
        assert_true(fabs(excess.row[l].b - (plain.row[l].b - of_b)) < 1e-9);
        for (int d = 0; d < DRAWS; d++)
            assert_true(fabs(excess.row[l].value[d] - (plain.row[l].value[d] - of_a + of_b)) <
                        1e-9);
    }
    for (uint32_t i = 0; i < 3; i++) {
        check_row(&plain.row[i]);
        check_row(&excess.row[i]);
    }
    for (int i = 0; i < 2; i++)
        null_free(&null[i]);
    difference_free(&plain);
    difference_free(&excess);
    analysed_close(&f[0]);
    analysed_close(&f[1]);
}

/* Values of three layers in three draws, with a null; by hand. */
static void layers_are_held_against_others(void **state)
{
    static const signed char side[] = {1, -1, -1};
    const double value[] = {/* layer 1 */ 9, 7, 8, /* 2 */ 4, 3, 8, /* 3 */ 6, 5, 4};
    const struct null_row null[] = {
        {.summary = {.observed = 8, .mean = 2, .p_max = 0.1}},
        {.summary = {.observed = 5, .mean = 1, .p_max = 0.4}},
        {.summary = {.observed = 6, .mean = 4, .p_max = 0.2}},
    };
    const struct bootstrap_design drawn = {.draws = 3};
    struct contrast_sides s = {side, 3, false};
    struct contrast_row row;
    struct buf text = BUF_INIT;
    (void)state;
    assert_ok(contrast_judge(&row, &s, null, value, &drawn, &err));
    assert_true(row.observed == 8 - 5.5 && row.expected == 2 - 2.5);
    assert_true(row.difference == 3 && row.against_p == 0.2);
    /* Draws: 9 - 5, 7 - 4, 8 - 6, each plus .5: mean 3.5, so that .5 is taken off again. */
    assert_true(fabs(row.low - 2.05) < 1e-12 && fabs(row.high - 3.95) < 1e-12);
    assert_true(row.p == 0.5);
    s.best = true;
    assert_ok(contrast_judge(&row, &s, null, value, &drawn, &err));
    assert_true(row.observed == 8 - 5 && row.expected == 2 - 1);
    assert_true(row.difference == 2);
    /* 7 - 3, 5 - 2, 6 - 7: mean 2. */
    assert_true(fabs(row.low - -0.8) < 1e-12 && fabs(row.high - 3.95) < 1e-12);
    assert_true(row.p == 1);
    contrast_layers(&text, &s, NULL, -1);
    buf_str(&text, " ");
    contrast_layers(&text, &s, (const uint32_t[]){4, 6, 8}, -1);
    assert_string_equal(buf_text(&text), "2-3 7,9");
    buf_free(&text);
}

static void what_is_missing_is_said(void **state)
{
    const struct spoken s[2] = {{.seed = 1, .speakers = 6},
                                {.seed = 1, .first = 20, .speakers = 6}};
    struct difference_request d = {.property = "gender", .threads = 1};
    struct stability_request r = {.property = "speaker", .threads = 1};
    struct difference difference;
    struct stability stability;
    struct analysed f[2];
    (void)state;
    open_spoken(&f[0], &s[0]);
    open_spoken(&f[1], &s[1]);
    assert_status(stability_make(&stability, &f[0].analysis, &r, &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "without the factor 'utterance'"));
    r.property = "gender";
    r.bootstrap.strata = "engine";
    assert_status(stability_make(&stability, &f[0].analysis, &r, &err), STATUS_NOTFOUND);
    assert_ok(difference_add(&d, "size:neither", &err));
    d.layer = (const uint32_t[]){0};
    d.layers = 1;
    assert_status(difference_make(&difference, &f[0].analysis, &f[1].analysis, &d, &err),
                  STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "share no speaker"));
    assert_status(difference_make(&difference, &f[0].analysis, &f[0].analysis, &d, &err),
                  STATUS_NOTFOUND);
    assert_status(difference_add(&d, "luck", &err), STATUS_USAGE);
    assert_status(difference_add(&d, "overlap", &err), STATUS_USAGE);
    analysed_close(&f[0]);
    analysed_close(&f[1]);
}

static int set_up(void **state)
{
    static const char table[] =
        "AA\tvowel\nIY\tvowel\nM\tvoiced\nZ\tvoiced\nS\tunvoiced\nT\tunvoiced\n";
    (void)state;
    return phones_parse(&phones, table, sizeof table - 1, "table", &err) ? -1 : 0;
}

/* What sums in another order differ by is no difference, and draws that are alike tell nothing. */
static void rounding_is_no_difference(void **state)
{
    const struct bootstrap_design drawn = {.draws = 4};
    const double noise[] = {1e-17, -2e-17, 3e-17, 1e-17}, some[] = {0.1, 0.2, 0.1 + 1e-17, 0.1};
    struct difference_row row = {.a = 0.3, .b = 0.1 + 0.2, .scale = 0.3, .value = noise};
    (void)state;
    assert_ok(difference_summarise(&row, &drawn, &err));
    assert_true(row.difference == 0 && isnan(row.low) && isnan(row.high) && isnan(row.p));
    assert_non_null(row.why);
    row.value = some;
    assert_ok(difference_summarise(&row, &drawn, &err));
    assert_true(row.low < 0 && row.high > 0 && row.p <= 1);
    assert_null(row.why);
    const struct bootstrap_design fixed = {.draws = 4, .fixed = "male has only one speaker"};
    assert_ok(difference_summarise(&row, &fixed, &err));
    assert_true(isnan(row.low) && isnan(row.p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speakers_are_drawn_within_their_cells),
        cmocka_unit_test(shares_are_those_of_sums_made_again),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(halves_are_made_within_cells),
        cmocka_unit_test(halves_are_files_of_half_the_speakers),
        cmocka_unit_test(models_are_compared_on_the_speakers_they_share),
        cmocka_unit_test(a_model_does_not_differ_from_itself),
        cmocka_unit_test(best_layers_are_compared_beyond_chance),
        cmocka_unit_test(layers_are_held_against_others),
        cmocka_unit_test(rounding_is_no_difference),
        cmocka_unit_test(what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, set_up, analysed_tear_down);
}
