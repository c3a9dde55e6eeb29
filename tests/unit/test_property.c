/* Properties, groups and profiles of a count file made up for the purpose. */
#include "config.h"

#include "toy_counts.h"

#include <math.h>

#include "analysis/analysis.h"
#include "base/bitset.h"
#include "corpus/phones.h"

static struct err err;
static struct counts counts;
static struct phones phones;
static struct analysis a;

static int set_up(void **state)
{
    static const char table[] = "AA\tvowel\nIY\tvowel\nUW\tvowel\nM\tvoiced\nZ\tvoiced\n"
                                "S\tunvoiced\nT\tunvoiced\n";
    (void)state;
    toy_counts(&counts, 7);
    if (phones_parse(&phones, table, sizeof table - 1, "table", &err))
        return -1;
    return analysis_init(&a, &counts, &phones, &err) ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    analysis_free(&a);
    phones_free(&phones);
    counts_free(&counts);
    return 0;
}

static const struct property *property(const char *name)
{
    const struct property *p = NULL;
    assert_ok(analysis_property(&a, name, &p, &err));
    return p;
}

/* Is NEURON in S of the phone and condition of a point, counted one cell at a time? */
static bool in_pattern(uint32_t layer, uint32_t neuron, int32_t phone, int32_t gender)
{
    int64_t frames;
    uint64_t hits = toy_hits(&counts, layer, neuron, phone, gender, -2, &frames);
    return frames > 0 && hits * TOY_WIDTH > (uint64_t)TOY_TAU * (uint64_t)frames;
}

static void the_file_says_which_properties_there_are(void **state)
{
    (void)state;
    const char *const wanted[] = {"phone", "gender", "pitch", "each-phone"};
    assert_int_equal(a.names.count, 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_string_equal(a.names.name[i], wanted[i]);
    const struct property *p;
    assert_status(analysis_property(&a, "age", &p, &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "phone, gender, pitch, each-phone"));
}

static void phones_are_judged_and_silence_noise_and_strangers_are_not(void **state)
{
    (void)state;
    const struct property *p = property("phone");
    assert_int_equal(p->points, 6);
    assert_int_equal(p->groups, 3);
    assert_string_equal(p->group.name[0], "vowel");
    assert_string_equal(p->group.name[2], "unvoiced");
    assert_int_equal(p->group_points[0], 2);
    assert_int_equal(p->group_missing[0], 1); /* UW */
    for (uint32_t k = 0; k < p->points; k++)
        assert_non_null(strstr("AA IY M Z S T", p->point[k].label));
    assert_string_equal(p->point[2].label, "M");
    assert_int_equal(p->point[2].phone, TOY_M);
}

static void groups_have_their_own_order(void **state)
{
    (void)state;
    const struct property *gender = property("gender"), *pitch = property("pitch");
    assert_string_equal(gender->group.name[0], "male");
    assert_string_equal(gender->group.name[1], "female");
    assert_string_equal(pitch->group.name[0], "low");
    assert_string_equal(pitch->group.name[1], "mid");
    assert_string_equal(pitch->group.name[2], "high");
}

static void pitch_leaves_out_unvoiced_consonants_but_not_for_the_authors(void **state)
{
    (void)state;
    const struct property *p = property("pitch");
    for (uint32_t k = 0; k < p->points; k++)
        assert_null(strchr("ST", p->point[k].label[0]));
    struct analysis_params params = {.sigma = 0.8, .min_frames = 1, .authors = true};
    analysis_set_params(&a, &params);
    p = property("pitch");
    assert_int_equal(p->points, 3 * 7); /* all phones of the table, UW too */
}

static void unseen_and_rare_phones_are_left_out(void **state)
{
    (void)state;
    const struct property *p = property("gender");
    assert_int_equal(p->group_points[0], 6); /* male */
    assert_int_equal(p->group_points[1], 5); /* female: no Z */
    assert_int_equal(p->group_missing[1], 2);
    struct analysis_params params = {.sigma = 0.8, .min_frames = 4};
    analysis_set_params(&a, &params);
    p = property("gender");
    assert_int_equal(p->group_points[0], 5); /* male M: 3 frames */
    params = (struct analysis_params){.sigma = 0.8, .min_frames = 1, .authors = true};
    analysis_set_params(&a, &params);
    p = property("gender");
    assert_int_equal(p->group_points[0], 7);
    assert_int_equal(p->group_points[1], 7);
}

static void sets_follow_the_definitions(void **state)
{
    (void)state;
    static const double sigmas[] = {0.8, 0.5, 1, 0.01};
    for (size_t s = 0; s < 4; s++)
        for (uint32_t layer = 0; layer < TOY_LAYERS; layer++) {
            struct analysis_params params = {.sigma = sigmas[s], .min_frames = 1};
            const struct property_layer *l = NULL;
            analysis_set_params(&a, &params);
            const struct property *p = property("gender");
            assert_ok(analysis_layer(&a, "gender", layer, &l, &err));
            for (uint32_t i = 0; i < TOY_WIDTH; i++) {
                uint32_t in[2] = {0}, of[2] = {0};
                bool any = false;
                for (uint32_t k = 0; k < p->points; k++) {
                    uint32_t g = p->point[k].group;
                    bool yes = in_pattern(layer, i, p->point[k].phone, g == 0 ? 1 : 0);
                    assert_int_equal(bitset_has(l->pattern + k * l->words, i), yes);
                    in[g] += yes;
                    of[g]++;
                    any |= yes;
                }
                bool n0 = in[0] && (double)in[0] / of[0] >= sigmas[s];
                bool n1 = in[1] && (double)in[1] / of[1] >= sigmas[s];
                assert_int_equal(bitset_has(l->any, i), any);
                assert_int_equal(bitset_has(l->members, i), n0);
                assert_int_equal(bitset_has(l->members + l->words, i), n1);
                assert_int_equal(bitset_has(l->group, i), n0 && !n1);
                assert_int_equal(bitset_has(l->group + l->words, i), n1 && !n0);
                assert_int_equal(bitset_has(l->neurons, i), n0 != n1);
            }
        }
}

static void planted_neurons_are_found(void **state)
{
    (void)state;
    const struct property_layer *l = NULL;
    for (uint32_t layer = 0; layer < TOY_LAYERS; layer++) {
        assert_ok(analysis_layer(&a, "gender", layer, &l, &err));
        assert_true(bitset_has(l->group, 41 + 5 * layer));            /* male */
        assert_true(bitset_has(l->group + l->words, 40 + 5 * layer)); /* female */
        assert_ok(analysis_layer(&a, "phone", layer, &l, &err));
        for (uint32_t g = 0; g < 3; g++)
            assert_true(bitset_has(l->group + g * l->words, 1 + g + 5 * layer));
    }
}

static void each_phone_is_in_exactly_one_pattern(void **state)
{
    (void)state;
    const struct property_layer *l = NULL;
    const struct property *p = property("each-phone");
    assert_int_equal(p->groups, 6);
    assert_ok(analysis_layer(&a, "each-phone", 1, &l, &err));
    for (uint32_t i = 0; i < TOY_WIDTH; i++) {
        uint32_t in = 0;
        for (uint32_t k = 0; k < 6; k++)
            in += bitset_has(l->pattern + k * l->words, i);
        assert_int_equal(bitset_has(l->neurons, i), in == 1);
    }
}

static void filters_change_what_is_judged(void **state)
{
    (void)state;
    const struct property_layer *l = NULL;
    property("phone");
    assert_ok(query_filters_add(&a.filters, &counts, "gender=male", &err));
    analysis_changed(&a);
    const struct property *p = property("phone");
    assert_ok(analysis_layer(&a, "phone", 2, &l, &err));
    for (uint32_t k = 0; k < p->points; k++)
        for (uint32_t i = 0; i < TOY_WIDTH; i++)
            assert_int_equal(bitset_has(l->pattern + k * l->words, i),
                             in_pattern(2, i, p->point[k].phone, 1));
    p = property("gender"); /* the filtered-out group is gone */
    assert_int_equal(p->groups, 1);
}

static void conditions_that_leave_no_phone_are_refused(void **state)
{
    (void)state;
    const struct property *p;
    assert_ok(query_filters_add(&a.filters, &counts, "phone=(sil),spn", &err));
    assert_status(analysis_property(&a, "phone", &p, &err), STATUS_UNSUPPORTED);
    const struct property_layer *l;
    assert_status(analysis_layer(&a, "phone", 3, &l, &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "1 to 3"));
}

static void a_file_without_phones_is_refused(void **state)
{
    (void)state;
    const struct property *p;
    struct analysis b;
    struct counts c = counts;
    c.factors = 2;
    c.factor = counts.factor + 1; /* gender, pitch */
    assert_ok(analysis_init(&b, &c, &phones, &err));
    assert_int_equal(b.names.count, 0);
    assert_status(analysis_property(&b, "gender", &p, &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "'phone'"));
    analysis_free(&b);
}

static void profiles_are_shares_of_frames(void **state)
{
    (void)state;
    struct query_filters where = QUERY_FILTERS_INIT;
    struct profile p;
    assert_ok(query_filters_add(&where, &counts, "gender=female", &err));
    assert_ok(analysis_profile(&a, &p, "iy1", &where, 2, &err)); /* as MFA writes it */
    for (uint32_t i = 0; i < TOY_WIDTH; i++) {
        int64_t frames, all = 0, n;
        uint32_t hits = toy_hits(&counts, 2, i, TOY_IY, 0, -2, &frames), marginal = 0;
        assert_int_equal(p.frames, frames);
        assert_int_equal(p.hits[i], hits);
        assert_true(p.p[i] == (double)hits / (double)frames);
        for (int32_t k = 0; k < 9; k++)
            if (k != 0 && k != TOY_XX && k != TOY_SPN) {
                marginal += toy_hits(&counts, 2, i, k, -2, -2, &n);
                all += n;
            }
        assert_true(p.marginal[i] == (double)marginal / (double)all);
        assert_int_equal(bitset_has(p.pattern, i), in_pattern(2, i, TOY_IY, 0));
    }
    profile_free(&p);
    assert_ok(analysis_profile(&a, &p, "Z", &where, 0, &err)); /* never said */
    assert_int_equal(p.frames, 0);
    assert_int_equal(bitset_count(p.pattern, bitset_words(TOY_WIDTH)), 0);
    profile_free(&p);
    assert_status(analysis_profile(&a, &p, "QQ", NULL, 0, &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "(sil), AA, IY, M, S, T, XX, Z, spn"));
    query_filters_free(&where);
}

static void one_neuron_is_seen_at_every_point(void **state)
{
    (void)state;
    const struct property *p = property("gender");
    uint32_t hits[20];
    double share[20];
    assert_ok(analysis_neuron(&a, "gender", 1, 46, hits, share, &err));
    for (uint32_t k = 0; k < p->points; k++) {
        int64_t frames;
        int32_t gender = p->point[k].group == 0 ? 1 : 0;
        assert_int_equal(hits[k], toy_hits(&counts, 1, 46, p->point[k].phone, gender, -2, &frames));
        assert_int_equal(p->point[k].frames, frames);
        assert_true(share[k] == (double)hits[k] / (double)frames);
    }
    assert_status(analysis_neuron(&a, "gender", 1, TOY_WIDTH, hits, share, &err), STATUS_NOTFOUND);
}

static void maps_are_kept_until_something_changes(void **state)
{
    (void)state;
    const struct map *one = NULL, *two = NULL;
    assert_ok(analysis_map(&a, "gender", 0, &one, &err));
    assert_ok(analysis_map(&a, "gender", 0, &two, &err));
    assert_ptr_equal(one, two);
    assert_int_equal(one->points, property("gender")->points);
    assert_true(one->silhouette >= -1 && one->silhouette <= 1);
    assert_int_not_equal(one->iterations, 0);
    struct map_params params = {.method = MAP_CLASSICAL};
    analysis_set_map(&a, &params);
    assert_ok(analysis_map(&a, "gender", 0, &two, &err));
    assert_int_equal(two->iterations, 0);
}

static void the_published_order_is_by_group_share_and_appearance(void **state)
{
    (void)state;
    const struct property *p = property("gender");
    const struct property_layer *l = NULL;
    uint32_t order[TOY_WIDTH];
    struct analysis_params params = {.sigma = 0.3, .min_frames = 1};
    analysis_set_params(&a, &params);
    p = property("gender");
    assert_ok(analysis_layer(&a, "gender", 0, &l, &err));
    size_t n = bitset_count(l->neurons, l->words), male = bitset_count(l->group, l->words);
    assert_true(n > 2);
    assert_ok(property_written_order(l, p, &counts, order, &err));
    uint32_t last = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        uint32_t g = i < male ? 0 : 1, in = 0;
        assert_true(bitset_has(l->group + g * l->words, order[i]));
        for (uint32_t k = 0; k < p->points; k++)
            in += p->point[k].group == g && bitset_has(l->pattern + k * l->words, order[i]);
        assert_true(i == male || in <= last);
        last = in;
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_file_says_which_properties_there_are),
        TEST(phones_are_judged_and_silence_noise_and_strangers_are_not),
        TEST(groups_have_their_own_order),
        TEST(pitch_leaves_out_unvoiced_consonants_but_not_for_the_authors),
        TEST(unseen_and_rare_phones_are_left_out),
        TEST(sets_follow_the_definitions),
        TEST(planted_neurons_are_found),
        TEST(each_phone_is_in_exactly_one_pattern),
        TEST(filters_change_what_is_judged),
        TEST(conditions_that_leave_no_phone_are_refused),
        TEST(a_file_without_phones_is_refused),
        TEST(profiles_are_shares_of_frames),
        TEST(one_neuron_is_seen_at_every_point),
        TEST(maps_are_kept_until_something_changes),
        TEST(the_published_order_is_by_group_share_and_appearance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
