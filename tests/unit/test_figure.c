#include "config.h"

#include "unit.h"

#include <locale.h>
#include <math.h>
#include <unistd.h>

#include "figure/figures.h"
#include "base/mem.h"
#include "corpus/phones.h"
#include "synth_counts.h"

#define FILE_NAME "figure.counts"

/* The synthetic file under analysis. */
struct subject {
    struct counts counts;
    struct phones phones;
    struct analysis analysis;
};

static struct subject subject;

static struct figure_box box_of(const struct figure *f, size_t i)
{
    return figure_item_box(f, &f->item[i]);
}

/* Words lie on the page, and no two of them on each other. */
static void check_words(const struct figure *f)
{
    assert_false(f->failed);
    for (size_t i = 0; i < f->items; i++) {
        if (f->item[i].kind != FIGURE_WORDS)
            continue;
        struct figure_box b = box_of(f, i);
        if (b.x < -0.5 || b.y < -0.5 || b.x + b.w > f->width + 0.5 || b.y + b.h > f->height + 0.5)
            fail_msg("'%s' leaves the page: %g %g %g %g", f->item[i].text, b.x, b.y, b.w, b.h);
        for (size_t k = i + 1; k < f->items; k++)
            if (f->item[k].kind == FIGURE_WORDS && figure_overlap(b, box_of(f, k)))
                fail_msg("'%s' and '%s' overlap", f->item[i].text, f->item[k].text);
    }
}

static size_t count_marks(const struct figure *f, double size)
{
    size_t n = 0;
    for (size_t i = 0; i < f->items; i++)
        n += f->item[i].kind == FIGURE_MARK && f->item[i].size == size;
    return n;
}

static const struct figure_item *find_words(const struct figure *f, const char *text)
{
    for (size_t i = 0; i < f->items; i++)
        if (f->item[i].kind == FIGURE_WORDS && strcmp(f->item[i].text, text) == 0)
            return &f->item[i];
    return NULL;
}

static void make_map(struct map_data *d, const char *property, uint32_t layer)
{
    const struct map *m;
    struct err err;
    *d = (struct map_data){.layer = layer};
    assert_ok(analysis_property(&subject.analysis, property, &d->property, &err));
    assert_ok(analysis_map(&subject.analysis, property, layer, &m, &err));
    d->xy = m->xy;
    d->stress = m->normalised_stress;
    d->silhouette = m->silhouette;
    d->silhouette_full = m->silhouette_full;
}

static void ticks_are_round_and_enclose(void **state)
{
    double low = -0.037, high = 0.407;
    (void)state;
    assert_float_equal(figure_round(&low, &high, 5), 0.1, 1e-12);
    assert_float_equal(low, -0.1, 1e-12);
    assert_float_equal(high, 0.5, 1e-12);
    low = high = 3;
    assert_true(figure_round(&low, &high, 5) > 0 && high > low);
}

static void maps_have_one_scale_and_every_point(void **state)
{
    static const char *const names[] = {"phone", "gender", "pitch"};
    static const double sizes[][2] = {{0, 0}, {500, 200}, {120, 400}};
    (void)state;
    for (int p = 0; p < 3; p++)
        for (int s = 0; s < 3; s++) {
            struct map_data d;
            struct figure f;
            make_map(&d, names[p], 1);
            figure_maps(&f, &d, 1, sizes[s][0], sizes[s][1]);
            if (s < 2)
                check_words(&f);
            /* one more mark for each group in the legend */
            size_t first = d.property->groups, n = 0, at[2] = {0, 0};
            assert_int_equal(count_marks(&f, 4.5), d.property->points + first);
            for (size_t i = 0; i < f.items; i++)
                if (f.item[i].kind == FIGURE_MARK && f.item[i].size == 4.5 && n++ >= first)
                    at[n > first + 1] = i;
            /* the first point and the last: as far apart on paper as on the map, both ways */
            const struct figure_item *a = NULL, *b = &f.item[at[1]];
            for (size_t i = 0, k = 0; i < f.items && !a; i++)
                if (f.item[i].kind == FIGURE_MARK && f.item[i].size == 4.5 && k++ == first)
                    a = &f.item[i];
            uint32_t last = d.property->points - 1;
            double sx = (b->x - a->x) / (d.xy[2 * last] - d.xy[0]);
            double sy = (b->y - a->y) / (d.xy[2 * last + 1] - d.xy[1]);
            assert_true(sx > 0 && fabs(sx + sy) < 1e-6 * sx);
            figure_free(&f);
        }
}

/* What has no room is left out and counted; a larger figure has room for more. */
static void labels_without_room_are_counted(void **state)
{
    struct map_data d;
    struct figure small, large;
    size_t labels[2] = {0, 0};
    (void)state;
    make_map(&d, "pitch", 0);
    figure_maps(&small, &d, 1, 130, 150);
    figure_maps(&large, &d, 1, 700, 700);
    const struct figure *both[2] = {&small, &large};
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < both[i]->items; k++)
            labels[i] += both[i]->item[k].kind == FIGURE_WORDS && both[i]->item[k].size == 6.5;
    assert_true(small.dropped > 0);
    assert_int_equal(labels[0] + small.dropped, d.property->points);
    assert_int_equal(labels[1] + large.dropped, d.property->points);
    assert_true(large.dropped < small.dropped);
    d.no_labels = true;
    figure_free(&small);
    figure_maps(&small, &d, 1, 130, 150);
    assert_int_equal(small.dropped, 0);
    figure_free(&small);
    figure_free(&large);
}

static void curves_show_the_numbers(void **state)
{
    struct scores s;
    struct figure f;
    struct err err;
    (void)state;
    assert_ok(scores_make(&s, &subject.analysis, "a <title> & more", NULL, 0, &err));
    for (int what = 0; what < 2; what++) {
        figure_curves(&f, &s, 1, (enum curves_of)what, 0, 0);
        check_words(&f);
        assert_non_null(find_words(&f, "layer"));
        assert_non_null(find_words(&f, "6"));
        figure_free(&f);
    }
    figure_curves(&f, &s, 1, CURVES_SILHOUETTES, 0, 0);
    size_t best = 0, found = 0;
    for (uint32_t p = 0; p < s.properties; p++) {
        char text[16];
        if (s.property[p].best < 0)
            continue;
        snprintf(text, sizeof text, "%.3f", s.property[p].layer[s.property[p].best].silhouette);
        best++;
        found += find_words(&f, text) != NULL;
    }
    assert_int_equal(best, 3);
    assert_int_equal(found + f.dropped, best);
    assert_true(found > 0);
    figure_free(&f);
    scores_free(&s);
}

/* A null of VALUE between 0 and 9, as if labels had been exchanged. */
static struct summary chance(double observed)
{
    return (struct summary){observed, 5, 2, 1, 9, 0.25, 0.5};
}

/* The areas of F, and its marks MARK. */
static size_t count_areas(const struct figure *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->items; i++)
        n += f->item[i].kind == FIGURE_PATH && f->item[i].wash;
    return n;
}

static size_t count_kind(const struct figure *f, enum figure_mark mark)
{
    size_t n = 0;
    for (size_t i = 0; i < f->items; i++)
        n += f->item[i].kind == FIGURE_MARK && f->item[i].mark == mark;
    return n;
}

/* A panel for each property and file; a property without a null has no band. */
static void bands_stand_beside_their_curves(void **state)
{
    struct scores s[3];
    struct figure f;
    struct err err;
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_ok(scores_make(&s[i], &subject.analysis, "a-file", NULL, 0, &err));
        for (uint32_t p = 0; p < s[i].properties; p++)
            s[i].property[p].asked = p < 3;
        struct score_property *q = &s[i].property[0];
        q->exchanged = mem_strndup("labels of classes exchanged, 9 random labelings", 47);
        for (uint32_t l = 0; l < s[i].layers; l++)
            q->layer[l].null_neurons = q->layer[l].null_silhouette =
                chance(q->layer[l].neurons + (i == 2));
    }
    for (size_t files = 1; files <= 3; files++) {
        figure_bands(&f, s, files, CURVES_NEURONS, 0, 0);
        check_words(&f);
        assert_int_equal(count_areas(&f), 2 * files); /* and in the legend */
        /* those of the third file are of other frames */
        assert_int_equal(count_kind(&f, MARK_CROSS), files == 3 ? s[2].layers + 1 : 0);
        figure_free(&f);
    }
    figure_bands(&f, s, 1, CURVES_NEURONS, 0, 0);
    assert_non_null(find_words(&f, "labels exchanged: mean, middle 95 %"));
    assert_non_null(find_words(&f, "smallest p_max 0.500, in layer 1"));
    assert_non_null(find_words(&f, "no null from this file"));
    figure_free(&f);
    s[0].property[0].drawn = mem_strndup("9 draws of 8 speakers within gender", 35);
    for (uint32_t l = 0; l < s[0].layers; l++)
        s[0].property[0].layer[l].drawn_neurons = chance(5);
    size_t lines[2] = {0, 0};
    for (int what = 0; what < 2; what++) {
        figure_bands(&f, s, 1, what ? CURVES_NEURONS : CURVES_SILHOUETTES, 0, 0);
        check_words(&f);
        for (size_t i = 0; i < f.items; i++)
            lines[what] += f.item[i].kind == FIGURE_LINE && f.item[i].size == 0.8 &&
                           f.item[i].ink == INK_BLACK;
        figure_free(&f);
    }
    assert_int_equal(lines[0], 0); /* draws are of numbers of neurons */
    assert_int_equal(lines[1], 3 * (s[0].layers + 1));
    s[0].property[0].null_best = chance(0.5);
    figure_best(&f, s, 2, 0, 0);
    check_words(&f);
    assert_non_null(find_words(&f, "best of all layers, labels exchanged: mean, middle 95 %"));
    figure_free(&f);
    for (int i = 0; i < 3; i++)
        scores_free(&s[i]);
}

/* The largest of all layers is compared with the largest of each draw, not with one layer's. */
static void the_best_is_compared_with_the_best(void **state)
{
    static const double value[2][4] = {{0.1, 0.5, 0.1, NAN}, {0.4, 0.1, 0.3, 0.2}};
    struct null_row row[2];
    struct null_result n = {.property = (char *)"gender", .draws = 4, .rows = 2, .row = row};
    struct scores s;
    struct err err;
    (void)state;
    snprintf(n.strata, sizeof n.strata, "none");
    for (uint32_t l = 0; l < 2; l++)
        row[l] = (struct null_row){.statistic = &statistic_silhouette,
                                   .set = "",
                                   .layer = l,
                                   .summary = chance(l ? 0.35 : 0.2),
                                   .value = value[l]};
    assert_ok(scores_make(&s, &subject.analysis, "a", NULL, 0, &err));
    assert_ok(scores_add_null(&s, &n, &err));
    const struct score_property *q = &s.property[scores_find(&s, "gender")];
    assert_float_equal(q->null_best.observed, 0.35, 1e-12);
    assert_float_equal(q->null_best.mean, (0.4 + 0.5 + 0.3 + 0.2) / 4, 1e-12);
    assert_float_equal(q->null_best.p, 3.0 / 5, 1e-12);
    assert_float_equal(q->layer[1].null_silhouette.observed, 0.35, 1e-12);
    assert_true(isnan(q->layer[1].null_neurons.mean));
    assert_string_equal(q->exchanged, "labels of classes exchanged, 4 random labelings");
    scores_free(&s);
}

/* Bars for every value that occurs, and lines at the mean and at what was observed. */
static void nulls_show_their_values(void **state)
{
    static const double value[] = {3, 4, 4, 5, 5, 5, 6, 9};
    struct null_row row[2];
    struct null_result n = {.property = (char *)"phone", .draws = 8, .rows = 2, .row = row};
    const uint32_t both[] = {0, 1};
    struct figure f;
    (void)state;
    snprintf(n.strata, sizeof n.strata, "none");
    for (uint32_t l = 0; l < 2; l++)
        row[l] = (struct null_row){.statistic = &statistic_size,
                                   .set = "",
                                   .layer = l,
                                   .summary = chance(12),
                                   .value = value};
    for (size_t rows = 1; rows <= 2; rows++) {
        figure_null(&f, &(struct null_data){&n, both, rows}, 0, 0);
        check_words(&f);
        size_t bars = 0;
        for (size_t i = 0; i < f.items; i++)
            bars += f.item[i].kind == FIGURE_RECT && f.item[i].filled;
        assert_int_equal(bars, 5 * rows);
        assert_int_equal(count_areas(&f), rows);
        assert_non_null(find_words(&f, "observed 12"));
        assert_non_null(find_words(&f, "mean 5.0"));
        assert_non_null(find_words(&f, "mean 5.0, 95 %: 1 to 9; p 0.250, p_max 0.500 (2 layers)"));
        figure_free(&f);
    }
}

/* Files of other depth, and ones that cannot answer: side by side all the same. */
static void files_stand_side_by_side(void **state)
{
    struct scores s[9];
    struct figure f;
    struct err err;
    (void)state;
    for (int i = 0; i < 9; i++) {
        char title[60];
        snprintf(title, sizeof title, "%s-%d", i % 2 ? "a-model-with-a-long-name" : "b", i);
        assert_ok(scores_make(&s[i], &subject.analysis, title, NULL, 0, &err));
    }
    s[2].layers = 3;
    s[2].property[0].best = 2;
    s[3].property[1].best = -1;
    for (size_t files = 1; files <= 9; files += 2) {
        figure_best(&f, s, files, 0, 0);
        check_words(&f);
        figure_free(&f);
        figure_curves(&f, s, files, CURVES_NEURONS, 0, 0);
        check_words(&f);
        figure_free(&f);
    }
    s[2].layers = s[1].layers; /* to be freed */
    for (int i = 0; i < 9; i++)
        scores_free(&s[i]);
}

static void sets_show_every_region(void **state)
{
    static const char *const names[] = {"phone", "gender", "pitch", "[AA]", "each-phone"};
    struct figure f;
    struct err err;
    (void)state;
    for (uint32_t sets = 1; sets <= 5; sets++) {
        struct setexpr e[5] = {0};
        struct overlap o = {0};
        struct sets_data d = {&o, names, 0};
        for (uint32_t i = 0; i < sets; i++)
            assert_ok(setexpr_parse(&e[i], names[i], &subject.analysis, NULL, &err));
        assert_ok(overlap_make(&o, e, sets, &subject.analysis, 0, &err));
        figure_sets(&f, &d, 0, 0);
        check_words(&f);
        for (uint32_t r = 1; r < 1u << sets; r++) {
            char text[40];
            bool venn = sets == 2 || sets == 3;
            if (!venn && !o.region[r])
                continue;
            snprintf(text, sizeof text, venn ? "%u" : "%u (%.1f)", o.region[r], o.expected[r]);
            assert_non_null(find_words(&f, text));
        }
        figure_free(&f);
        for (uint32_t i = 0; i < sets; i++)
            setexpr_free(&e[i]);
    }
}

static void ranks_count_what_is_above(void **state)
{
    struct profile p;
    struct figure f;
    struct err err;
    (void)state;
    assert_ok(analysis_profile(&subject.analysis, &p, "AA", NULL, 1, &err));
    uint32_t *order = profile_order(&p);
    assert_non_null(order);
    struct rank_data d = {.curve = {{"AA", &p, order}}, .curves = 1, .layer = 1};
    for (int turn = 0; turn < 2; turn++) {
        char text[100];
        size_t n = 0;
        for (uint32_t i = 0; i < p.width; i++)
            n += p.p[i] > p.baseline;
        d.logarithmic = turn;
        figure_ranks(&f, &d, 0, 0);
        check_words(&f);
        snprintf(text, sizeof text, "AA: %zu of %u neurons above the baseline", n, p.width);
        assert_non_null(find_words(&f, text));
        figure_free(&f);
    }
    free(order);
    profile_free(&p);
}

/* Hostile names neither break the file nor leave their place. */
static void svg_escapes_and_repeats(void **state)
{
    struct figure f;
    struct buf first = BUF_INIT, second = BUF_INIT;
    struct err err;
    (void)state;
    figure_init(&f, 100, 100);
    figure_words(&f, INK_BLACK, 8, ANCHOR_START, 5, 20, "<b>&\"\xff\x1b[2J\xc3\xa9");
    assert_ok(figure_write(&f, FORMAT_SVG, &first, &err));
    assert_ok(figure_write(&f, FORMAT_SVG, &second, &err));
    assert_string_equal(buf_text(&first), buf_text(&second));
    assert_non_null(strstr(buf_text(&first), ">&lt;b&gt;&amp;&quot;??[2J\xc3\xa9</text>"));
    buf_free(&first);
    buf_free(&second);
    figure_free(&f);
    char cut[40];
    figure_cut(cut, sizeof cut, "a name that is much too long for its place", 8, 60);
    assert_true(figure_text_width(cut, 8) <= 60);
    assert_non_null(strstr(cut, "..."));
    figure_cut(cut, sizeof cut, "short", 8, 60);
    assert_string_equal(cut, "short");
}

/* No dates: written twice, the same. */
static void other_formats_repeat(void **state)
{
    static const enum figure_format formats[] = {FORMAT_PDF, FORMAT_PNG};
    static const char *const begin[] = {"%PDF", "\x89PNG"};
    struct map_data d;
    struct figure f;
    struct err err;
    (void)state;
    make_map(&d, "gender", 0);
    figure_maps(&f, &d, 1, 0, 0);
    for (int i = 0; i < 2; i++) {
        struct buf first = BUF_INIT, second = BUF_INIT;
        if (!figure_can_write(formats[i])) {
            assert_int_equal(figure_write(&f, formats[i], &first, &err), STATUS_UNSUPPORTED);
            continue;
        }
        assert_ok(figure_write(&f, formats[i], &first, &err));
        assert_ok(figure_write(&f, formats[i], &second, &err));
        assert_memory_equal(buf_text(&first), begin[i], 4);
        assert_int_equal(first.len, second.len);
        assert_memory_equal(buf_text(&first), buf_text(&second), first.len);
        buf_free(&first);
        buf_free(&second);
    }
    figure_free(&f);
    assert_int_equal(figure_format_of("a/b.PDF"), FORMAT_PDF);
    assert_int_equal(figure_format_of("svg"), FORMAT_NONE);
    assert_int_equal(figure_format_of("a.jpg"), FORMAT_NONE);
}

static void titles_tell_files_apart(void **state)
{
    static const char *const path[] = {"a/x/m.counts", "b/x/m.counts", "n.counts", "/k/o"};
    char *title[4];
    struct err err;
    (void)state;
    assert_ok(scores_titles(title, path, 4, &err));
    assert_string_equal(title[0], "a/x/m");
    assert_string_equal(title[1], "b/x/m");
    assert_string_equal(title[2], "n");
    assert_string_equal(title[3], "o");
    for (int i = 0; i < 4; i++)
        free(title[i]);
}

static int open_subject(void **state)
{
    struct err err;
    (void)state;
    return synth_small(FILE_NAME, &err) || counts_open(&subject.counts, FILE_NAME, &err) ||
           phones_open(&subject.phones, NULL, &err) ||
           analysis_init(&subject.analysis, &subject.counts, &subject.phones, &err);
}

static int close_subject(void **state)
{
    (void)state;
    analysis_free(&subject.analysis);
    phones_free(&subject.phones);
    counts_free(&subject.counts);
    unlink(FILE_NAME);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_are_round_and_enclose),
        cmocka_unit_test(maps_have_one_scale_and_every_point),
        cmocka_unit_test(labels_without_room_are_counted),
        cmocka_unit_test(curves_show_the_numbers),
        cmocka_unit_test(files_stand_side_by_side),
        cmocka_unit_test(bands_stand_beside_their_curves),
        cmocka_unit_test(the_best_is_compared_with_the_best),
        cmocka_unit_test(nulls_show_their_values),
        cmocka_unit_test(sets_show_every_region),
        cmocka_unit_test(ranks_count_what_is_above),
        cmocka_unit_test(svg_escapes_and_repeats),
        cmocka_unit_test(other_formats_repeat),
        cmocka_unit_test(titles_tell_files_apart),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, open_subject, close_subject);
}
