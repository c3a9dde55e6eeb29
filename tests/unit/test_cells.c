#include "config.h"

#include "unit.h"

#include <unistd.h>

#include "count/cells.h"
#include "formats/file.h"
#include "count/merge.h"
#include "base/rng.h"

#define FILE_ALL "test_cells_all.tmp"
#define FILE_A   "test_cells_a.tmp"
#define FILE_B   "test_cells_b.tmp"
#define FILE_SUM "test_cells_sum.tmp"

enum { FRAMES = 4000, LAYERS = 2, TAUS = 5 };

static const char *const factors[] = {"phone", "speaker"};
static const char *const phones[] = {"ZH", "", "AA", "spn", "IY"};
static const char *const speakers[] = {"84", "1272", "9", "x"};
static const uint32_t width[LAYERS] = {40, 7}, tau[LAYERS] = {3, 2};

/* A frame: phone, speaker (-1 = none), and the activated neurons of both layers. */
struct frame {
    int phone, speaker;
    uint32_t neurons[TAUS];
};

static struct frame *random_frames(void)
{
    struct frame *f = calloc(FRAMES, sizeof *f);
    struct rng rng = rng_seed(7);
    assert_non_null(f);
    for (int i = 0; i < FRAMES; i++) {
        f[i].phone = (int)rng_below(&rng, 5);
        f[i].speaker = (int)rng_below(&rng, 5) - 1;
        for (uint32_t k = 0, at = 0; k < 3; k++, at++)
            f[i].neurons[k] = at = at + (uint32_t)rng_below(&rng, 12);
        f[i].neurons[3] = (uint32_t)rng_below(&rng, 3);
        f[i].neurons[4] = 3 + (uint32_t)rng_below(&rng, 4);
    }
    return f;
}

/* Frames FROM, FROM + STEP, ... below TO, as a count file at PATH. */
static void count(const struct frame *f, int from, int to, int step, const char *path)
{
    static char none[] = "", model[] = "m";
    struct counts about = {.model = model,
                           .family = none,
                           .created_by = none,
                           .command = none,
                           .pitch_edges_hz = none,
                           .lambda_percent = 1,
                           .utterances = 1,
                           .utterance_digest = (uint64_t)from + 1,
                           .seconds = (to - from) / 50.0};
    struct cells c;
    struct err err;
    assert_ok(cells_init(&c, factors, 2, width, tau, LAYERS, &err));
    assert_int_equal(cells_per_frame(&c), TAUS);
    for (int i = from; i < to; i += step) {
        int32_t key[2] = {(int32_t)names_add(&c.level[0], phones[f[i].phone]), -1};
        if (f[i].speaker >= 0)
            key[1] = (int32_t)names_add(&c.level[1], speakers[f[i].speaker]);
        uint32_t cell = cells_find(&c, key);
        assert_true(cell != UINT32_MAX);
        cells_add(&c, cell, f[i].neurons);
    }
    assert_ok(cells_write(&c, &about, path, &err));
    cells_free(&c);
}

static void same_bytes(const char *a, const char *b)
{
    struct mapped x, y;
    struct err err;
    assert_ok(mapped_open(&x, a, &err));
    assert_ok(mapped_open(&y, b, &err));
    assert_int_equal(x.size, y.size);
    assert_memory_equal(x.data, y.data, x.size);
    mapped_close(&x);
    mapped_close(&y);
}

static void counts_are_those_of_a_plain_loop(void **state)
{
    struct frame *f = random_frames();
    struct counts c;
    struct err err;
    (void)state;
    count(f, 0, FRAMES, 1, FILE_ALL);
    assert_ok(counts_open(&c, FILE_ALL, &err));
    assert_int_equal(c.cells, 25);
    assert_string_equal(c.factor[0].level[0], "");
    assert_string_equal(c.factor[1].level[0], "1272");
    for (uint32_t k = 0; k < c.cells; k++) {
        uint32_t row[40] = {0}, low[7] = {0};
        int64_t n = 0;
        const char *phone = c.factor[0].level[c.factor[0].index[k]];
        const char *speaker =
            c.factor[1].index[k] < 0 ? NULL : c.factor[1].level[c.factor[1].index[k]];
        for (int i = 0; i < FRAMES; i++) {
            const char *s = f[i].speaker < 0 ? NULL : speakers[f[i].speaker];
            if (strcmp(phones[f[i].phone], phone) != 0 || !s != !speaker ||
                (s && strcmp(s, speaker) != 0))
                continue;
            n++;
            for (int t = 0; t < 3; t++)
                row[f[i].neurons[t]]++;
            low[f[i].neurons[3]]++;
            low[f[i].neurons[4]]++;
        }
        assert_int_equal(c.frames[k], n);
        for (int d = 0; d < 40; d++)
            assert_int_equal(c.layer[0].u16[k * 40 + (uint32_t)d], row[d]);
        for (int d = 0; d < 7; d++)
            assert_int_equal(c.layer[1].u16[k * 7 + (uint32_t)d], low[d]);
    }
    counts_free(&c);
    free(f);
}

static void the_order_of_frames_does_not_matter(void **state)
{
    struct frame *f = random_frames(), *r = random_frames();
    (void)state;
    for (int i = 0; i < FRAMES; i++)
        r[i] = f[FRAMES - 1 - i];
    count(f, 0, FRAMES, 1, FILE_A);
    count(r, 0, FRAMES, 1, FILE_B);
    same_bytes(FILE_A, FILE_B);
    free(f);
    free(r);
}

static const struct merge_options plain = {"", "", false};

static void two_halves_merge_to_the_whole(void **state)
{
    const char *const halves[] = {FILE_B, FILE_A};
    struct frame *f = random_frames();
    struct counts c, w;
    struct err err;
    struct merge_outcome outcome = {.repeated = true};
    (void)state;
    count(f, 0, FRAMES, 1, FILE_ALL);
    count(f, 0, 11, 1, FILE_A); /* has not every cell */
    count(f, 11, FRAMES, 1, FILE_B);
    assert_ok(merge_files(halves, 2, &plain, FILE_SUM, &outcome, &err));
    assert_false(outcome.repeated);
    assert_ok(counts_open(&c, FILE_SUM, &err));
    assert_ok(counts_open(&w, FILE_ALL, &err));
    assert_true(c.utterances == 2 && c.utterance_digest == 13 && c.seconds == w.seconds);
    assert_int_equal(c.cells, w.cells);
    assert_memory_equal(c.frames, w.frames, w.cells * sizeof *w.frames);
    for (uint32_t i = 0; i < 2; i++) {
        assert_memory_equal(c.factor[i].index, w.factor[i].index, w.cells * sizeof(int32_t));
        assert_memory_equal(c.layer[i].u16, w.layer[i].u16, w.cells * width[i] * sizeof(uint16_t));
    }
    counts_free(&c);
    counts_free(&w);
    free(f);
}

static void one_file_merges_to_itself(void **state)
{
    const char *const one[] = {FILE_A};
    struct frame *f = random_frames();
    struct err err;
    struct merge_outcome outcome;
    (void)state;
    count(f, 1, FRAMES, 3, FILE_A);
    assert_ok(merge_files(one, 1, &plain, FILE_SUM, &outcome, &err));
    same_bytes(FILE_A, FILE_SUM);
    free(f);
}

/* 70000 frames in 16-bit files make a 32-bit sum. */
static void sums_outgrow_sixteen_bits(void **state)
{
    const char *many[20];
    struct frame *f = random_frames();
    struct counts c;
    struct err err;
    struct merge_outcome outcome;
    (void)state;
    for (int i = 0; i < FRAMES; i++)
        f[i] = f[0];
    count(f, 0, FRAMES, 1, FILE_A);
    for (int i = 0; i < 20; i++)
        many[i] = FILE_A;
    assert_ok(merge_files(many, 20, &plain, FILE_SUM, &outcome, &err));
    assert_true(outcome.repeated);
    assert_ok(counts_open(&c, FILE_SUM, &err));
    assert_int_equal(c.cells, 1);
    assert_int_equal(c.frames[0], 80000);
    assert_int_equal(c.layer[0].u32[f[0].neurons[0]], 80000);
    counts_free(&c);
    free(f);
}

/* The file at PATH again, with ENGINE [levels] as a column of the speakers and for strata. */
static void add_column(const char *path, char **engine)
{
    static char name[] = "engine";
    struct counts_column column = {name, engine};
    struct counts c;
    struct err err;
    assert_ok(counts_open(&c, path, &err));
    c.columns = 1;
    c.column = &column;
    c.strata = name;
    assert_ok(counts_write(&c, path, &err));
    counts_free(&c);
}

/* Speakers stand in another order in the sum; one file may know what another does not say. */
static void columns_of_speakers_are_united(void **state)
{
    static char x[] = "x", y[] = "y", none[] = "";
    const char *const both[] = {FILE_A, FILE_B};
    struct frame *f = random_frames();
    struct counts c;
    struct err err;
    struct merge_outcome outcome;
    (void)state;
    for (int i = 0; i < FRAMES; i++)
        f[i].speaker = i < 100 ? i % 3 : 1 + i % 3; /* 84, 1272, 9 and 1272, 9, x */
    count(f, 0, 100, 1, FILE_A);
    count(f, 100, 200, 1, FILE_B);
    add_column(FILE_A, (char *[]){x, y, none}); /* 1272, 84, 9 */
    assert_ok(merge_files(both, 2, &plain, FILE_SUM, &outcome, &err));
    assert_ok(counts_open(&c, FILE_SUM, &err));
    static const char *const alone[] = {"x", "y", "", ""};
    for (int s = 0; s < 4; s++)
        assert_string_equal(c.column[0].value[s], alone[s]);
    counts_free(&c);
    add_column(FILE_B, (char *[]){none, y, y}); /* 1272, 9, x */
    assert_ok(merge_files(both, 2, &plain, FILE_SUM, &outcome, &err));
    assert_ok(counts_open(&c, FILE_SUM, &err));
    static const char *const united[] = {"x", "y", "y", "y"}; /* 1272, 84, 9, x */
    assert_int_equal(c.columns, 1);
    assert_string_equal(c.strata, "engine");
    for (int s = 0; s < 4; s++)
        assert_string_equal(c.column[0].value[s], united[s]);
    counts_free(&c);
    add_column(FILE_B, (char *[]){y, y, y});
    assert_status(merge_files(both, 2, &plain, FILE_SUM, &outcome, &err), STATUS_MISMATCH);
    assert_string_equal(err.msg, FILE_B " cannot be added to " FILE_A
                                        ": engine of speaker 1272 is 'y', not 'x'");
    free(f);
}

static void other_settings_are_refused(void **state)
{
    const char *const both[] = {FILE_A, FILE_B};
    struct frame *f = random_frames();
    struct counts c;
    struct err err;
    struct merge_outcome outcome;
    (void)state;
    count(f, 0, 100, 1, FILE_A);
    for (int change = 0; change < 7; change++) {
        static char other[] = "other";
        assert_ok(counts_open(&c, FILE_A, &err));
        switch (change) {
        case 0: c.model = other; break;
        case 1: c.lambda_percent = 2; break;
        case 2: c.frames_mode = COUNTS_FRAMES_MID; break;
        case 3: c.pitch_edges_hz = other; break;
        case 4: c.factor[1].name = other; break;
        case 5: c.factors = 1; break;
        default: c.layers = 1; break;
        }
        if (change == 5) /* cells of one factor only: keep those that differ in it */
            c.cells = 1;
        assert_ok(counts_write(&c, FILE_B, &err));
        counts_free(&c);
        assert_status(merge_files(both, 2, &plain, FILE_SUM, &outcome, &err), STATUS_MISMATCH);
        assert_true(strstr(err.msg, FILE_A) && strstr(err.msg, FILE_B));
    }
    free(f);
}

static int remove_files(void **state)
{
    (void)state;
    unlink(FILE_ALL);
    unlink(FILE_A);
    unlink(FILE_B);
    unlink(FILE_SUM);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_a_plain_loop),
        cmocka_unit_test(the_order_of_frames_does_not_matter),
        cmocka_unit_test(two_halves_merge_to_the_whole),
        cmocka_unit_test(one_file_merges_to_itself),
        cmocka_unit_test(sums_outgrow_sixteen_bits),
        cmocka_unit_test(columns_of_speakers_are_united),
        cmocka_unit_test(other_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
