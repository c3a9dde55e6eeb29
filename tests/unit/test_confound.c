/* A property given another, against conditions, nulls and sums over cells made in other ways. */
#include "config.h"

#include <math.h>

#include "analysis/analysis_input.h"
#include "analysis/statistic.h"
#include "base/bitset.h"
#include "inference/confound.h"
#include "inference/cmi.h"
#include "inference/null.h"
#include "inference/tokenunits.h"
#include "simulated_tokens.h"
#include "unit.h"

static struct err err;
static const struct exchange_options exchange = {.strata = "none", .draws = 120, .seed = 11};
static const uint32_t layers[] = {0, 2};

static void open_file(struct analysis_input *in, const char *model, const char *where)
{
    char path[600];
    struct analysis_options o = ANALYSIS_OPTIONS_DEFAULT;
    snprintf(path, sizeof path, "%s/%s.counts", source_path("tests/data/statistics"), model);
    o.where[0] = where;
    o.wheres = where != NULL;
    assert_ok(analysis_open(in, path, &o, &err));
}

static struct confound_request request(const char *property, const char *given)
{
    return (struct confound_request){.property = property,
                                     .given = given,
                                     .layer = layers,
                                     .layers = 2,
                                     .exchange = exchange,
                                     .threads = 2};
}

static int32_t level_of(const struct counts *c, const char *factor, uint32_t cell)
{
    return c->factor[counts_find_factor(c, factor)].index[cell];
}

static uint64_t hits_of(const struct counts_layer *l, uint32_t cell, uint32_t neuron)
{
    size_t at = (size_t)cell * l->width + neuron;
    return l->u16 ? l->u16[at] : l->u32[at];
}

static double plogp(double p)
{
    return p > 0 ? p * log(p) : 0;
}

/* A file's cells by level of two factors, with speakers' genders GENDER in place of their own. */
struct twin {
    const struct counts *c;
    const struct property *p;
    const char *given;
    int32_t only;          /* level of given, or -1: all */
    const int32_t *gender; /* [speakers]; NULL: the file's */
};

/* True if CELL counts; its levels of gender and of the other factor. */
static bool twin_cell(const struct twin *t, uint32_t cell, int32_t *gender, int32_t *level)
{
    bool phone = false;
    int32_t own = level_of(t->c, "phone", cell);
    *gender =
        t->gender ? t->gender[level_of(t->c, "speaker", cell)] : level_of(t->c, "gender", cell);
    *level = level_of(t->c, t->given, cell);
    for (uint32_t k = 0; k < t->p->points; k++)
        phone = phone || t->p->point[k].phone == own;
    return phone && *gender >= 0 && *level >= 0 && (t->only < 0 || *level == t->only);
}

/* H(active | Q) - H(active | P, Q) of one neuron; H(P | Q). */
static double twin_information(const struct twin *t, const struct counts_layer *l, uint32_t neuron,
                               double *entropy)
{
    double n[64][2] = {{0}}, h[64][2] = {{0}}, all = 0, sum = 0;
    for (uint32_t cell = 0; cell < t->c->cells; cell++) {
        int32_t g, q;
        if (!twin_cell(t, cell, &g, &q))
            continue;
        n[q][g] += (double)t->c->frames[cell];
        h[q][g] += (double)hits_of(l, cell, neuron);
        all += (double)t->c->frames[cell];
    }
    *entropy = 0;
    for (int q = 0; q < 64; q++) {
        double frames = n[q][0] + n[q][1], active = h[q][0] + h[q][1];
        if (frames == 0)
            continue;
        sum -= frames * (plogp(active / frames) + plogp(1 - active / frames));
        for (int g = 0; g < 2; g++) {
            if (n[q][g] > 0)
                sum += n[q][g] * (plogp(h[q][g] / n[q][g]) + plogp(1 - h[q][g] / n[q][g]));
            *entropy -= frames * plogp(n[q][g] / frames);
        }
    }
    *entropy /= all;
    return sum / all;
}

/* Mean over NEURONS. */
static double twin_mean(const struct twin *t, uint32_t layer, const uint64_t *neurons,
                        double *entropy)
{
    const struct counts_layer *l = &t->c->layer[layer];
    double sum = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->width; i++)
        if (bitset_has(neurons, i)) {
            sum += twin_information(t, l, i, entropy);
            n++;
        }
    return n ? sum / n : NAN;
}

static size_t common(const uint64_t *a, const uint64_t *b, uint32_t width)
{
    size_t n = 0;
    for (uint32_t i = 0; i < width; i++)
        n += bitset_has(a, i) && bitset_has(b, i);
    return n;
}

/* Every level is what --where LEVEL gives. */
static void levels_are_conditions(void **state)
{
    const struct confound_request r = request("gender", "pitch");
    struct analysis_input in, part;
    struct confound_result c;
    (void)state;
    open_file(&in, "sid", NULL);
    assert_ok(confound_make(&c, &in.analysis, &r, &err));
    assert_int_equal(in.analysis.filters.count, 0);
    assert_int_equal(c.levels, 3);
    for (uint32_t q = 0; q < 3; q++) {
        struct null_request n = {
            .property = "gender", .layer = layers, .layers = 2, .exchange = exchange, .threads = 1};
        struct null_result null;
        char where[64];
        snprintf(where, sizeof where, "pitch=%s", c.level[q].name);
        open_file(&part, "sid", where);
        assert_ok(null_add_statistic(&n, "size", &part.analysis, NULL, &err));
        assert_ok(null_add_statistic(&n, "full-dim", &part.analysis, NULL, &err));
        assert_ok(null_make(&null, &part.analysis, &n, &err));
        for (uint32_t l = 0; l < 2; l++) {
            const struct confound_row *row = &c.level[q].row[l];
            const struct property_layer *here, *own, *pitch;
            const struct property *p;
            double entropy;
            assert_ok(analysis_layer(&part.analysis, "gender", layers[l], &here, &err));
            assert_ok(analysis_layer(&in.analysis, "gender", layers[l], &own, &err));
            assert_ok(analysis_layer(&in.analysis, "pitch", layers[l], &pitch, &err));
            assert_ok(analysis_property(&part.analysis, "gender", &p, &err));
            size_t both = common(here->neurons, own->neurons, here->width);
            size_t any = bitset_count(here->neurons, here->words) +
                         bitset_count(own->neurons, own->words) - both;
            const struct twin t = {
                &part.counts, p, "pitch",
                counts_find_level(&part.counts, (uint32_t)counts_find_factor(&part.counts, "pitch"),
                                  c.level[q].name),
                NULL};
            assert_int_equal(row->layer, layers[l]);
            assert_true(row->size == null.row[l].summary.observed);
            assert_true(row->p == null.row[l].summary.p);
            assert_true(fabs(row->silhouette - null.row[2 + l].summary.observed) < 1e-12);
            assert_true(row->shared == (double)common(here->neurons, pitch->neurons, here->width));
            assert_true(fabs(row->jaccard - (double)both / (double)any) < 1e-12);
            assert_true(fabs(row->cmi - twin_mean(&t, layers[l], here->neurons, &entropy)) < 1e-12);
        }
        null_free(&null);
        analysis_close(&part);
    }
    confound_free(&c);
    analysis_close(&in);
}

/* What is made of each draw for the row of all levels. */
struct draws {
    struct twin twin;
    const struct labelings *labelings;
    const struct units *units;
    const uint64_t *other;
    uint32_t layer;
    double size[128], share[128];
};

static enum status look(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                        struct sample *s, struct err *e)
{
    struct draws *d = context;
    uint32_t slot[64], room[128];
    int32_t gender[64];
    double entropy = NAN;
    const uint64_t *neurons = sample_neurons(s);
    const struct counts_factor *f = &d->twin.c->factor[counts_find_factor(d->twin.c, "gender")];
    (void)worker;
    (void)layer;
    (void)e;
    labelings_draw(d->labelings, draw, slot, room);
    for (uint32_t u = 0; u < d->units->units; u++) /* groups are male, female */
        gender[d->units->owner[u]] =
            strcmp(f->level[0], "male") == 0 ? (int32_t)slot[u] : 1 - (int32_t)slot[u];
    d->twin.gender = gender;
    d->size[draw] = (double)(bitset_count(neurons, s->words) - common(neurons, d->other, s->width));
    d->share[draw] = twin_mean(&d->twin, d->layer, neurons, &entropy) / entropy;
    return STATUS_OK;
}

static double reached(const double *value, uint64_t draws, double observed)
{
    double n = 1;
    for (uint64_t d = 0; d < draws; d++)
        n += value[d] >= observed * (1 - 1e-9);
    return n / (double)(draws + 1);
}

/* Of all levels: neurons that are not the other's, and information, chosen and computed again in
 * every draw. */
static void all_levels_together(void **state)
{
    const struct confound_request r = request("gender", "pitch");
    struct analysis_input in;
    struct confound_result c;
    struct exchange x;
    (void)state;
    open_file(&in, "sid", NULL);
    assert_ok(confound_make(&c, &in.analysis, &r, &err));
    assert_ok(exchange_make(&x, &in.analysis, "gender", &exchange, &err));
    assert_null(c.level[3].name);
    for (uint32_t l = 0; l < 2; l++) {
        const struct confound_row *row = &c.level[3].row[l];
        const struct property_layer *own, *pitch;
        struct resample resample = {.threads = 1};
        struct draws d = {.labelings = &x.labelings, .units = &x.units, .layer = layers[l]};
        double entropy = NAN;
        assert_ok(analysis_layer(&in.analysis, "gender", layers[l], &own, &err));
        assert_ok(analysis_layer(&in.analysis, "pitch", layers[l], &pitch, &err));
        d.twin = (struct twin){.c = &in.counts, .given = "pitch", .only = -1};
        d.other = pitch->neurons;
        assert_ok(analysis_property(&in.analysis, "gender", &d.twin.p, &err));
        double shared = (double)common(own->neurons, pitch->neurons, own->width);
        double size = (double)bitset_count(own->neurons, own->words) - shared;
        double cmi = twin_mean(&d.twin, layers[l], own->neurons, &entropy);
        assert_true(shared > 0 && size > 0);
        assert_true(row->shared == shared && row->size == size);
        assert_true(fabs(row->jaccard - size / (size + shared)) < 1e-12);
        assert_true(fabs(row->cmi - cmi) < 1e-12);
        exchange_resample(&x, &in.analysis, "gender", &resample);
        assert_ok(resample_run(&resample, &layers[l], 1, 0, 120, look, &d, &err));
        assert_true(fabs(row->p - reached(d.size, 120, size)) < 1e-12);
        assert_true(fabs(row->cmi_p - reached(d.share, 120, cmi / entropy)) < 1e-12);
    }
    exchange_free(&x);
    confound_free(&c);
    analysis_close(&in);
}

/* Adds the factor "side", of speakers by turns, to the file. */
static void add_side(struct analysis_input *in)
{
    struct counts *c = &in->counts;
    struct counts_factor *factor = counts_alloc(c, c->factors + 1, sizeof *factor);
    int32_t *index = counts_alloc(c, c->cells, sizeof *index);
    char **level = counts_alloc(c, 2, sizeof *level);
    memcpy(factor, c->factor, c->factors * sizeof *factor);
    level[0] = counts_text(c, "left");
    level[1] = counts_text(c, "right");
    for (uint32_t k = 0; k < c->cells; k++)
        index[k] = level_of(c, "speaker", k) / 2 % 2;
    factor[c->factors] = (struct counts_factor){counts_text(c, "side"), level, 2, index};
    c->factor = factor;
    c->factors++;
    analysis_free(&in->analysis);
    assert_ok(analysis_init(&in->analysis, c, &in->phones, &err));
}

static uint64_t choose(uint32_t n, uint32_t k)
{
    uint64_t ways = 1;
    for (uint32_t i = 1; i <= k; i++)
        ways = ways * (n - k + i) / i;
    return ways;
}

/* What is constant within speakers keeps them apart: labels are exchanged within its levels. */
static void constant_levels_are_strata(void **state)
{
    struct confound_request r = request("gender", "side");
    struct analysis_input in;
    struct confound_result c;
    uint32_t speakers[2] = {0}, women[2] = {0};
    bool seen[64] = {false};
    (void)state;
    open_file(&in, "sid", NULL);
    add_side(&in);
    for (uint32_t k = 0; k < in.counts.cells; k++) {
        int32_t s = level_of(&in.counts, "speaker", k);
        if (!seen[s]) {
            speakers[s / 2 % 2]++;
            women[s / 2 % 2] += level_of(&in.counts, "gender", k) == 1;
        }
        seen[s] = true;
    }
    r.exchange.draws = 0;
    assert_ok(confound_make(&c, &in.analysis, &r, &err));
    assert_string_equal(c.level[2].strata, "side");
    assert_true(c.level[2].enumerated);
    assert_int_equal(c.level[2].draws,
                     choose(speakers[0], women[0]) * choose(speakers[1], women[1]));
    assert_int_equal(c.level[0].draws, choose(speakers[0], women[0]));
    assert_string_equal(c.level[0].strata, "none");
    confound_free(&c);
    analysis_close(&in);
}

/* Classes of phones given a factor, and a factor given them. */
static void classes_are_exchanged_and_given(void **state)
{
    struct confound_request r = request("phone", "gender");
    struct analysis_input in;
    struct confound_result c;
    (void)state;
    open_file(&in, "sid", NULL);
    assert_ok(confound_make(&c, &in.analysis, &r, &err));
    assert_int_equal(c.level[0].kind, EXCHANGE_CLASSES);
    assert_true(c.level[2].row[0].cmi > 0 && c.level[2].row[0].p < 0.05);
    assert_true(c.level[2].row[0].cmi_p < 0.05);
    confound_free(&c);
    r = request("gender", "phone");
    assert_ok(confound_make(&c, &in.analysis, &r, &err));
    assert_string_equal(c.level[1].name, "voiced");
    assert_true(c.level[1].row[0].size > 0 && c.level[3].row[0].cmi > 0);
    confound_free(&c);
    analysis_close(&in);
}

/* Counts of middle frames beside their tokens: an effect PITCH, and no drift. */
static void open_tokens(struct analysis_input *in, char path[64], double pitch)
{
    const struct token_simulation s = {.speakers = 6,
                                       .utterances = 4,
                                       .phones = 8,
                                       .tokens = 3,
                                       .width = 48,
                                       .tau = 6,
                                       .pitch = pitch,
                                       .seed = 3};
    snprintf(path, 64, "confound-%ld.tokens", (long)getpid());
    *in = (struct analysis_input){0};
    simulated_with_tokens(&in->counts, &s, path);
    assert_ok(phones_open(&in->phones, NULL, &err));
    assert_ok(analysis_init(&in->analysis, &in->counts, &in->phones, &err));
}

/* H(pitch) - H(pitch | active) within each speaker, summed over tokens. */
static double token_twin(const struct token_units *t, const uint32_t *label, uint32_t neuron)
{
    double sum = 0;
    for (uint32_t s = 0; s < t->owners; s++) {
        double n[2][3] = {{0}}, all = 0;
        for (uint32_t u = 0; u < t->units; u++) {
            const uint16_t *row = tokens_row(&t->file, 0, t->token[u]);
            int active = 0;
            for (uint32_t i = 0; i < t->file.about.layer[0].tau; i++)
                active = active || row[i] == neuron;
            n[active][label[u]] += t->owner[u] == s;
            all += t->owner[u] == s;
        }
        for (int g = 0; g < 3; g++)
            sum -= all * plogp((n[0][g] + n[1][g]) / all);
        for (int active = 0; active < 2; active++)
            for (int g = 0; g < 3; g++) {
                double those = n[active][0] + n[active][1] + n[active][2];
                sum += those > 0 ? those * plogp(n[active][g] / those) : 0;
            }
    }
    return sum / t->units;
}

/* Tokens give what their cells do, under observed labels; and what their sum is, under others. */
static void tokens_are_added_up(void **state)
{
    struct analysis_input in;
    struct exchange x;
    struct exchange_options o = {.draws = 9};
    struct given g;
    struct cmi tokens, cells;
    char path[64];
    static uint64_t room[8192];
    static uint32_t label[1024], scratch[2048];
    const uint64_t every = 0xffffffffffff, one = 1 << 5;
    (void)state;
    open_tokens(&in, path, 1);
    o.tokens = path;
    assert_ok(exchange_make(&x, &in.analysis, "pitch", &o, &err));
    assert_ok(given_make(&g, &in.analysis, "speaker", &err));
    assert_ok(cmi_make(&tokens, &in.analysis, "pitch", &g, &x, &err));
    assert_ok(cmi_make(&cells, &in.analysis, "pitch", &g, NULL, &err));
    assert_true(cmi_room(&tokens) <= 8192 && tokens.units <= 1024);
    assert_ok(cmi_load(&tokens, 0, NULL, &err));
    assert_ok(cmi_load(&cells, 0, NULL, &err));
    struct cmi_value a = cmi_of(&tokens, tokens.label, &every, room);
    struct cmi_value b = cmi_of(&cells, cells.label, &every, room);
    assert_true(a.mean > 0 && fabs(a.mean - b.mean) < 1e-12);
    assert_true(fabs(a.entropy - b.entropy) < 1e-12);
    labelings_draw(&x.labelings, 4, label, scratch);
    a = cmi_of(&tokens, label, &one, room);
    assert_true(fabs(a.mean - token_twin(x.tokens, label, 5)) < 1e-12);
    cmi_free(&tokens);
    cmi_free(&cells);
    given_free(&g);
    exchange_free(&x);
    analysis_close(&in);
    unlink(path);
}

/* An effect of pitch shows within speakers, and none where there is none. */
static void tokens_are_exchanged(void **state)
{
    for (int effect = 0; effect < 2; effect++) {
        static const uint32_t first = 0;
        struct confound_request r = request("pitch", "speaker");
        struct analysis_input in;
        struct confound_result c;
        char path[64];
        (void)state;
        open_tokens(&in, path, 2 * effect);
        r.layer = &first;
        r.layers = 1;
        r.exchange = (struct exchange_options){.draws = 99, .tokens = path};
        assert_ok(confound_make(&c, &in.analysis, &r, &err));
        const struct confound_level *all = &c.level[c.levels];
        assert_int_equal(all->kind, EXCHANGE_TOKENS);
        assert_string_equal(all->strata, "speaker x phone");
        assert_int_equal(c.levels, 6);
        if (effect)
            assert_true(all->row[0].p == 0.01 && all->row[0].cmi_p == 0.01);
        else
            assert_true(isnan(all->row[0].cmi_p) || all->row[0].cmi_p > 0.05);
        confound_free(&c);
        analysis_close(&in);
        unlink(path);
    }
}

static void threads_change_nothing(void **state)
{
    static const unsigned threads[] = {1, 2, 7};
    struct analysis_input in;
    struct confound_result c[3];
    (void)state;
    open_file(&in, "sid", NULL);
    for (int t = 0; t < 3; t++) {
        struct confound_request r = request("gender", "pitch");
        r.threads = threads[t];
        assert_ok(confound_make(&c[t], &in.analysis, &r, &err));
    }
    for (int t = 1; t < 3; t++)
        for (uint32_t q = 0; q < 4; q++)
            for (uint32_t l = 0; l < 2; l++) {
                const struct confound_row *a = &c[0].level[q].row[l], *b = &c[t].level[q].row[l];
                assert_true(a->p == b->p && a->cmi == b->cmi && a->cmi_p == b->cmi_p);
                assert_true(a->cmi_expected == b->cmi_expected);
            }
    for (int t = 0; t < 3; t++)
        confound_free(&c[t]);
    analysis_close(&in);
}

/* Sizes and information without p where nothing can be exchanged; nothing where all are of one
 * level. */
static void what_is_missing_is_said(void **state)
{
    struct confound_request r = request("gender", "pitch");
    struct analysis_input in;
    struct confound_result c;
    struct cancel cancel = {0};
    (void)state;
    open_file(&in, "ssl", NULL);
    assert_ok(confound_make(&c, &in.analysis, &r, &err));
    assert_false(c.level[3].exchanged);
    assert_true(c.level[3].row[0].size > 0 && c.level[3].row[0].cmi > 0);
    assert_true(isnan(c.level[3].row[0].p) && isnan(c.level[3].row[0].cmi_p));
    assert_non_null(strstr(c.level[3].why, "speaker"));
    confound_free(&c);
    r.given = "gender";
    assert_status(confound_make(&c, &in.analysis, &r, &err), STATUS_USAGE);
    r.given = "colour";
    assert_status(confound_make(&c, &in.analysis, &r, &err), STATUS_NOTFOUND);
    analysis_close(&in);
    open_file(&in, "sid", NULL);
    r.given = "speaker";
    assert_ok(confound_make(&c, &in.analysis, &r, &err));
    assert_true(isnan(c.level[0].row[0].size));
    assert_non_null(strstr(c.level[0].why, "all of one gender"));
    assert_true(c.level[c.levels].row[0].cmi == 0 && isnan(c.level[c.levels].row[0].cmi_p));
    confound_free(&c);
    cancel_set(&cancel);
    in.analysis.cancel = &cancel;
    r.given = "pitch";
    assert_status(confound_make(&c, &in.analysis, &r, &err), STATUS_CANCELLED);
    analysis_close(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_conditions),
        cmocka_unit_test(all_levels_together),
        cmocka_unit_test(constant_levels_are_strata),
        cmocka_unit_test(classes_are_exchanged_and_given),
        cmocka_unit_test(tokens_are_added_up),
        cmocka_unit_test(tokens_are_exchanged),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
