/* Set expressions, lists of neurons and overlaps. */
#include "config.h"

#include "toy_counts.h"

#include <math.h>
#include <unistd.h>

#include "base/bitset.h"
#include "analysis/overlap.h"
#include "formats/setfile.h"
#include "corpus/phones.h"

static struct err err;
static struct counts counts;
static struct phones phones;
static struct analysis a;
static char list_path[64];

static void write_list(const char *text)
{
    FILE *f = fopen(list_path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int set_up(void **state)
{
    (void)state;
    toy_counts(&counts, 7);
    snprintf(list_path, sizeof list_path, "test_sets-%ld.tmp", (long)getpid());
    if (phones_open(&phones, NULL, &err))
        return -1;
    return analysis_init(&a, &counts, &phones, &err) ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(list_path);
    analysis_free(&a);
    phones_free(&phones);
    counts_free(&counts);
    return 0;
}

static void eval(const char *text, uint32_t current, uint32_t layer, uint64_t bits[2])
{
    struct setexpr e;
    assert_ok(setexpr_parse(&e, text, &a, NULL, &err));
    assert_ok(setexpr_load(&e, &a, &err));
    assert_ok(setexpr_eval(&e, &a, current, layer, bits, &err));
    setexpr_free(&e);
}

static void assert_same(const char *one, const char *two)
{
    uint64_t x[2], y[2];
    for (uint32_t layer = 0; layer < TOY_LAYERS; layer++) {
        eval(one, SETEXPR_EVERY, layer, x);
        eval(two, SETEXPR_EVERY, layer, y);
        if (memcmp(x, y, sizeof x) != 0)
            fail_msg("%s and %s differ in layer %u", one, two, layer + 1);
    }
}

static void names_are_the_sets_of_the_analysis(void **state)
{
    (void)state;
    const struct property_layer *l = NULL;
    struct profile p;
    uint64_t bits[2];
    assert_ok(analysis_layer(&a, "gender", 1, &l, &err));
    eval("gender", 1, 1, bits);
    assert_memory_equal(bits, l->neurons, sizeof bits);
    eval(" gender = female ", 1, 1, bits);
    assert_memory_equal(bits, l->group + l->words, sizeof bits);
    assert_ok(analysis_profile(&a, &p, "AA", NULL, 1, &err));
    eval("[AA]", 1, 1, bits);
    assert_memory_equal(bits, p.pattern, sizeof bits);
    profile_free(&p);
    assert_ok(analysis_layer(&a, "each-phone", 1, &l, &err));
    eval("each-phone", 1, 1, bits);
    assert_memory_equal(bits, l->neurons, sizeof bits);
}

static void conditions_stand_in_brackets(void **state)
{
    (void)state;
    struct query_filters where = QUERY_FILTERS_INIT;
    struct profile p;
    uint64_t bits[2];
    assert_ok(query_filters_add(&where, &counts, "gender=male", &err));
    assert_ok(query_filters_add(&where, &counts, "pitch=low", &err));
    assert_ok(analysis_profile(&a, &p, "S", &where, 0, &err));
    eval("[s, gender=male, pitch=low]", 0, 0, bits);
    assert_memory_equal(bits, p.pattern, sizeof bits);
    profile_free(&p);
    assert_ok(analysis_profile(&a, &p, NULL, &where, 0, &err));
    eval("[gender=male,pitch=low]", 0, 0, bits);
    assert_memory_equal(bits, p.pattern, sizeof bits);
    profile_free(&p);
    query_filters_free(&where);
}

static void and_binds_tighter_and_the_rest_goes_left_to_right(void **state)
{
    (void)state;
    assert_same("[AA]|[IY]&[S]", "[AA]|([IY]&[S])");
    assert_same("[AA]-[IY]&[S]", "[AA]-([IY]&[S])");
    assert_same("[AA]-[IY]-[S]", "([AA]-[IY])-[S]");
    assert_same("[AA]-[IY]|[S]", "([AA]-[IY])|[S]");
    assert_same("[AA]|[IY]-[S]", "([AA]|[IY])-[S]");
    assert_same("[AA]&[IY]&[S]", "[S]&[IY]&[AA]");
    uint64_t x[2], y[2];
    eval("[AA]-([IY]-[S])", SETEXPR_EVERY, 0, x);
    eval("[AA]-[IY]-[S]", SETEXPR_EVERY, 0, y);
    assert_memory_not_equal(x, y, sizeof x);
}

static void a_dash_belongs_to_the_name_where_that_is_known(void **state)
{
    (void)state;
    assert_same("gender-phone", "gender - phone");
    assert_same("each-phone-gender", "each-phone - gender");
    assert_same("gender-each-phone", "gender - each-phone");
    assert_same("gender=male-gender=female", "gender=male - gender=female");
    assert_same("\"gender\"-\"each-phone\"", "gender - each-phone");
    assert_same("[AA,gender=male]-phone", "[AA,gender=male] - phone");
}

static void layers_are_the_current_one_or_named(void **state)
{
    (void)state;
    uint64_t own[2], bits[2], none[2] = {0, 0};
    eval("gender", SETEXPR_EVERY, 1, own);
    assert_true(own[0] | own[1]);
    eval("gender", 0, 1, bits); /* layer 1 has no neurons in layer 2 */
    assert_memory_equal(bits, none, sizeof bits);
    eval("gender@2", 0, 1, bits);
    assert_memory_equal(bits, own, sizeof bits);
    eval("gender@2", SETEXPR_EVERY, 0, bits);
    assert_memory_equal(bits, none, sizeof bits);
    eval("gender@2 | gender@1", 2, 1, bits);
    assert_memory_equal(bits, own, sizeof bits);
    eval("gender@*", 0, 1, bits);
    assert_memory_equal(bits, own, sizeof bits);
    eval("gender@* - gender", 1, 1, bits);
    assert_memory_equal(bits, none, sizeof bits);
    eval("gender@* - gender", 0, 1, bits); /* layer 1's own, and no more, is taken away */
    assert_memory_equal(bits, own, sizeof bits);
}

/* The sets of a selector into BITS: of one GROUP, or (NULL) all together. */
static void chosen(const char *property, const char *group, const struct selector *s,
                   uint32_t layer, uint64_t bits[2])
{
    const struct selection *set = NULL;
    const struct property *p;
    assert_ok(analysis_property(&a, property, &p, &err));
    assert_ok(analysis_selection(&a, property, layer, s, &set, &err));
    const uint64_t *row =
        group ? set->group + names_find(&p->group, group) * set->words : set->neurons;
    memcpy(bits, row, 2 * sizeof *bits);
}

static void a_selector_stands_behind_properties_and_groups(void **state)
{
    (void)state;
    uint64_t x[2], y[2], nothing[2] = {0, 0};
    const struct selection_rule rule = {.size = {SELECTION_COUNT, 5}};
    analysis_set_rule(&a, &rule);
    chosen("gender", "female", &selector_lape, 1, y);
    assert_int_equal(bitset_count(y, 2), 5);
    eval("gender=female@2:lape", 0, 1, x);
    assert_memory_equal(x, y, sizeof x);
    eval("gender=female@2:lape", 0, 0, x);
    assert_memory_equal(x, nothing, sizeof x);
    eval("gender=female:lape", 1, 1, x);
    assert_memory_equal(x, y, sizeof x);
    eval("gender=female@*:log-odds", 0, 2, x);
    chosen("gender", "female", &selector_log_odds, 2, y);
    assert_memory_equal(x, y, sizeof x);
    eval("each-phone : mi-gender:mi", 1, 1, x);
    chosen("each-phone", NULL, &selector_mi, 1, y);
    chosen("gender", NULL, &selector_mi, 1, nothing);
    for (int w = 0; w < 2; w++)
        y[w] &= ~nothing[w];
    assert_memory_equal(x, y, sizeof x);
    /* Without one it is the session's. */
    assert_same("gender", "gender:paper");
    analysis_set_rule(&a, &(struct selection_rule){&selector_iou, {SELECTION_COUNT, 5}});
    assert_same("gender=male", "gender=male:iou");
    eval("gender", 1, 1, x);
    eval("gender:paper", 1, 1, y);
    assert_memory_not_equal(x, y, sizeof x);
    analysis_set_rule(&a, &(struct selection_rule){&selector_iou, {SELECTION_OWN, 0}});
    struct setexpr e;
    assert_ok(setexpr_parse(&e, "gender", &a, NULL, &err));
    assert_status(setexpr_eval(&e, &a, 0, 0, x, &err), STATUS_USAGE);
    setexpr_free(&e);
}

static void lists_are_read(void **state)
{
    (void)state;
    uint64_t bits[2];
    char text[100];
    write_list("# mine\n1 3\n2 69 # last\n\n\t2   0\r\n2 69\n");
    snprintf(text, sizeof text, "@%s", list_path);
    eval(text, SETEXPR_EVERY, 1, bits);
    assert_true(bits[0] == 1 && bits[1] == 1 << 5);
    snprintf(text, sizeof text, "@\"%s\"@2 - phone", list_path);
    eval(text, 2, 0, bits);
    assert_true(bits[0] == 0 && bits[1] == 0);
    write_list("property\tlayer\tneuron\tgroup\na b\t1\t3\tmale\n");
    snprintf(text, sizeof text, "@%s@1", list_path);
    eval(text, 2, 0, bits);
    assert_true(bits[0] == 1 << 3 && bits[1] == 0);
    write_list("layer\tneuron\tgroup\n1\t3\tmale\n");
    snprintf(text, sizeof text, "@%s@*", list_path);
    eval(text, 2, 0, bits);
    assert_true(bits[0] == 1 << 3 && bits[1] == 0);
}

static void bad_lists_are_refused_by_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line;
    } bad[] = {{"1 1\n1\n", "line 2"},
               {"1 70\n", "line 1"},
               {"4 1\n", "line 1"},
               {"0 1\n", "line 1"},
               {"1 1\n\n1 -1\n", "line 3"},
               {"1 1 1\n", "line 1"},
               {"1 99999999999\n", "line 1"},
               {"a b\n", "line 1"},
               {"1 1x\n", "line 1"},
               {"1 1\nlayer\tneuron\n", "line 2"},
               {"player\tneuron\n", "line 1"},
               {"p\tlayer\tneuron\n1\t1\n", "line 2"}};
    static const uint32_t width[] = {70, 70, 70};
    struct neuron_set s = NEURON_SET_INIT;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_list(bad[i].text);
        assert_status(setfile_read(&s, list_path, 3, width, &err), STATUS_FORMAT);
        assert_non_null(strstr(err.msg, bad[i].line));
        assert_ptr_equal(strstr(err.msg, list_path), err.msg);
        assert_null(s.row);
    }
    assert_status(setfile_read(&s, "no/such/list", 3, width, &err), STATUS_IO);
}

static void lists_survive_writing(void **state)
{
    (void)state;
    static const uint32_t width[] = {70, 70, 70};
    static const struct neuron in[] = {{0, 5}, {1, 0}, {2, 69}};
    struct neuron_set s = NEURON_SET_INIT, back;
    struct neuron at = NEURON_FIRST;
    for (int i = 2; i >= 0; i--)
        assert_ok(neuron_set_put(&s, in[i].layer, in[i].number, &err));
    assert_ok(setfile_write(&s, list_path, "three", &err));
    assert_ok(setfile_read(&back, list_path, 3, width, &err));
    for (int i = 0; i < 3; i++) {
        assert_true(neuron_set_next(&back, &at));
        assert_memory_equal(&at, &in[i], sizeof at);
    }
    assert_false(neuron_set_next(&back, &at));
    neuron_set_free(&s);
    neuron_set_free(&back);
}

static void faults_are_shown_where_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t column;
        enum status code;
        const char *says;
    } bad[] = {
        {"", 1, STATUS_USAGE, "a set"},
        {"gender &", 9, STATUS_USAGE, "a set"},
        {"gender phone", 8, STATUS_USAGE, "operator"},
        {"(gender", 8, STATUS_USAGE, "')'"},
        {"gender)", 7, STATUS_USAGE, "operator"},
        {"gendr", 1, STATUS_NOTFOUND, "phone, gender, pitch, each-phone"},
        {"phone & gender=femal", 16, STATUS_NOTFOUND, "female, male"},
        {"gender=", 8, STATUS_USAGE, "a group"},
        {"gender@0", 8, STATUS_NOTFOUND, "1 to 3"},
        {"gender@4", 8, STATUS_NOTFOUND, "1 to 3"},
        {"gender@", 8, STATUS_USAGE, "layer number"},
        {"gender@*2", 9, STATUS_USAGE, "operator"},
        {"gender@99999999999999999999", 8, STATUS_NOTFOUND, "1 to 3"},
        {"[", 2, STATUS_USAGE, "a phone"},
        {"[]", 2, STATUS_USAGE, "a phone"},
        {"[QQ]", 2, STATUS_NOTFOUND, "QQ"},
        {"[AA", 4, STATUS_USAGE, "']'"},
        {"[AA,gender]", 11, STATUS_USAGE, "'='"},
        {"[AA,age=1]", 5, STATUS_NOTFOUND, "phone, gender, pitch"},
        {"[AA,gender=old]", 5, STATUS_NOTFOUND, "female, male"},
        {"@", 2, STATUS_USAGE, "a file"},
        {"\"gender", 1, STATUS_USAGE, "quotation"},
        {"gender ^ phone", 8, STATUS_USAGE, "operator"},
        {"gender:lap", 8, STATUS_NOTFOUND, "paper lape specificity"},
        {"gender:", 8, STATUS_USAGE, "a selector"},
        {"gender:lape@2", 12, STATUS_USAGE, "before ':lape'"},
        {"gender:lape:mi", 12, STATUS_USAGE, "operator"},
        {"[AA]:lape", 5, STATUS_USAGE, "goes with a property"},
        {"{1:3}:lape", 6, STATUS_USAGE, "goes with a property"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct setexpr e;
        size_t column = 0;
        enum status code = setexpr_parse(&e, bad[i].text, &a, &column, &err);
        if (code != bad[i].code || column != bad[i].column || !strstr(err.msg, bad[i].says))
            fail_msg("'%s': status %d, column %zu: %s", bad[i].text, code, column, err.msg);
    }
}

static void depth_and_length_are_bounded(void **state)
{
    (void)state;
    static char text[100000];
    struct setexpr e;
    memset(text, '(', sizeof text - 1);
    assert_status(setexpr_parse(&e, text, &a, NULL, &err), STATUS_UNSUPPORTED);
    for (size_t i = 0; i + 6 < sizeof text; i += 6)
        memcpy(text + i, "phone|", 6);
    assert_status(setexpr_parse(&e, text, &a, NULL, &err), STATUS_UNSUPPORTED);
}

/* Whatever is typed: no crash, and a fault has a column within the text. */
static void any_text_is_parsed_or_refused(void **state)
{
    (void)state;
    static const char *const piece[] = {
        "gender", "phone=", "[AA", "]",          "(",     ")",       "&",      "|",  "-", "@2",
        " ",      ",",      "\"",  "each-phone", "=male", "[gender", "=male]", "@x", "\t"};
    struct rng rng = rng_seed(3);
    for (int round = 0; round < 20000; round++) {
        char text[300] = "";
        for (uint64_t n = rng_below(&rng, 9); n > 0; n--)
            strcat(text, piece[rng_below(&rng, sizeof piece / sizeof *piece)]);
        struct setexpr e;
        size_t column = 0;
        if (setexpr_parse(&e, text, &a, &column, &err) == STATUS_OK)
            setexpr_free(&e);
        else
            assert_true(column >= 1 && column <= strlen(text) + 1);
    }
}

static void assert_offers(const char *text, size_t start, const char *wanted)
{
    struct names out = NAMES_INIT;
    size_t at = 999;
    char got[400] = "";
    assert_ok(setexpr_complete(text, strlen(text), &a, &out, &at, &err));
    for (uint32_t i = 0; i < out.count; i++) {
        strcat(got, i ? " " : "");
        strcat(got, out.name[i]);
    }
    assert_string_equal(got, wanted);
    assert_int_equal(at, start);
    names_free(&out);
}

static void words_are_completed(void **state)
{
    (void)state;
    assert_offers("", 0, "phone gender pitch each-phone");
    assert_offers("phone & g", 8, "gender");
    assert_offers("gender-ea", 7, "each-phone");
    assert_offers("each-", 0, "each-phone");
    assert_offers("gender=", 0, "gender=female gender=male");
    assert_offers("phone|gender=f", 6, "gender=female");
    assert_offers("phone=v", 0, "phone=vowel phone=voiced");
    assert_offers("gender:", 0,
                  "gender:paper gender:lape gender:specificity gender:margin gender:log-odds "
                  "gender:mi gender:iou gender:pauc");
    assert_offers("phone - gender=male@2:l", 8, "gender=male@2:lape gender=male@2:log-odds");
    assert_offers("gender:log-", 0, "gender:log-odds");
    assert_offers("gender:lape:", 0, "");
    assert_offers("[", 1, "AA IY M S T Z gender= pitch=");
    assert_offers("gender - [A", 10, "AA");
    assert_offers("[AA,", 4, "gender= pitch=");
    assert_offers("[AA,pitch=", 4, "pitch=high pitch=low pitch=mid");
    assert_offers("[AA,pitch=l", 4, "pitch=low");
}

static void regions_share_out_the_neurons(void **state)
{
    (void)state;
    static const char *const text[] = {"[AA]",    "[S]",   "gender",           "phone@1",
                                       "[M]-[Z]", "pitch", "[IY,gender=male]", "each-phone"};
    for (uint32_t sets = 1; sets <= OVERLAP_MAX_SETS; sets++) {
        struct setexpr e[OVERLAP_MAX_SETS];
        struct overlap o;
        uint64_t bits[OVERLAP_MAX_SETS][2];
        for (uint32_t s = 0; s < sets; s++) {
            assert_ok(setexpr_parse(&e[s], text[s], &a, NULL, &err));
            assert_ok(setexpr_eval(&e[s], &a, 0, 0, bits[s], &err));
        }
        assert_ok(overlap_make(&o, e, sets, &a, 0, &err));
        uint32_t total = 0, in_any = 0, size[OVERLAP_MAX_SETS] = {0};
        double expected = 0, expected_size[OVERLAP_MAX_SETS] = {0};
        for (uint32_t r = 0; r < 1u << sets; r++) {
            uint32_t wanted = 0;
            for (uint32_t i = 0; i < TOY_WIDTH; i++) {
                bool exactly = true;
                for (uint32_t s = 0; s < sets; s++)
                    exactly = exactly && bitset_has(bits[s], i) == (r >> s & 1);
                wanted += exactly;
            }
            assert_int_equal(o.region[r], wanted);
            total += o.region[r];
            in_any += r ? o.region[r] : 0;
            expected += o.expected[r];
            for (uint32_t s = 0; s < sets; s++)
                if (r >> s & 1) {
                    size[s] += o.region[r];
                    expected_size[s] += o.expected[r];
                }
        }
        assert_int_equal(total, TOY_WIDTH);
        assert_int_equal(o.universe, TOY_WIDTH);
        assert_int_equal(o.in_any, in_any);
        assert_int_equal(o.in_all, o.region[(1u << sets) - 1]);
        assert_true(fabs(expected - TOY_WIDTH) < 1e-9);
        for (uint32_t s = 0; s < sets; s++) {
            assert_int_equal(o.size[s], size[s]);
            assert_true(fabs(expected_size[s] - size[s]) < 1e-9);
            setexpr_free(&e[s]);
        }
    }
}

/* Sums over all ways to draw, by their binomials. */
static double choose(unsigned n, unsigned k)
{
    double ways = 1;
    for (unsigned i = 1; i <= k && k <= n; i++)
        ways = ways * (n - k + i) / i;
    return k <= n ? ways : 0;
}

static void two_sets_share_by_chance_what_the_hypergeometric_says(void **state)
{
    (void)state;
    for (unsigned a0 = 0; a0 <= 20; a0 += 4)
        for (unsigned b0 = 0; b0 <= 20; b0 += 5)
            for (unsigned k = 0; k <= 21; k++) {
                double wanted = 0;
                for (unsigned x = k; x <= 20; x++)
                    wanted += x > b0 ? 0 : choose(a0, x) * choose(20 - a0, b0 - x) / choose(20, b0);
                assert_true(fabs(overlap_hypergeometric(k, a0, b0, 20) - wanted) < 1e-12);
            }
    /* By whole numbers, in Python: comb(a, x) comb(N - a, b - x) / comb(N, b). */
    static const struct {
        uint32_t k, a, b;
        double p;
    } wanted[] = {{121, 400, 500, 3.3083649134267416e-14},
                  {50, 400, 500, 0.9899206122391592},
                  {2000, 2900, 2100, 0.002347195924846519}};
    for (size_t i = 0; i < 3; i++) {
        double p = overlap_hypergeometric(wanted[i].k, wanted[i].a, wanted[i].b, 3072);
        assert_true(fabs(p / wanted[i].p - 1) < 1e-9);
    }
}

static void each_two_sets_are_compared(void **state)
{
    static const char *const text[] = {"gender", "pitch", "phone"};
    struct setexpr e[3];
    struct overlap o;
    (void)state;
    for (uint32_t s = 0; s < 3; s++)
        assert_ok(setexpr_parse(&e[s], text[s], &a, NULL, &err));
    assert_ok(overlap_make(&o, e, 3, &a, 0, &err));
    struct overlap_pair pair = overlap_of_pair(&o, 0, 2);
    assert_int_equal(pair.shared, o.region[5] + o.region[7]);
    assert_true(fabs(pair.expected - (double)o.size[0] * o.size[2] / TOY_WIDTH) < 1e-12);
    assert_true(pair.p == overlap_hypergeometric(pair.shared, o.size[0], o.size[2], TOY_WIDTH));
    for (uint32_t s = 0; s < 3; s++)
        setexpr_free(&e[s]);
    assert_ok(setexpr_parse(&e[0], "gender@*", &a, NULL, &err));
    assert_ok(setexpr_parse(&e[1], "pitch@*", &a, NULL, &err));
    assert_ok(overlap_make(&o, e, 2, &a, 0, &err));
    assert_true(isnan(overlap_of_pair(&o, 0, 1).p)); /* of several layers */
    setexpr_free(&e[0]);
    setexpr_free(&e[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_are_the_sets_of_the_analysis),
        TEST(conditions_stand_in_brackets),
        TEST(and_binds_tighter_and_the_rest_goes_left_to_right),
        TEST(a_dash_belongs_to_the_name_where_that_is_known),
        TEST(layers_are_the_current_one_or_named),
        TEST(a_selector_stands_behind_properties_and_groups),
        TEST(lists_are_read),
        TEST(bad_lists_are_refused_by_line),
        TEST(lists_survive_writing),
        TEST(faults_are_shown_where_they_are),
        TEST(depth_and_length_are_bounded),
        TEST(any_text_is_parsed_or_refused),
        TEST(words_are_completed),
        TEST(regions_share_out_the_neurons),
        TEST(two_sets_share_by_chance_what_the_hypergeometric_says),
        TEST(each_two_sets_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
