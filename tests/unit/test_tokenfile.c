#include "config.h"

#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/rng.h"
#include "count/count.h"
#include "formats/file.h"
#include "formats/tokenfile.h"

#define FILE_A "test_tokenfile_a.tmp"
#define FILE_B "test_tokenfile_b.tmp"
#define COUNTS "test_tokenfile.counts"

enum { TOKENS = 6, UTTERANCES = 300, FACTORS = 4 };

/* Six tokens of three of 300 utterances, which take two bytes; the fourth factor has a token of no
 * level. */
static const int32_t levels_of[FACTORS][TOKENS] = {
    {0, 1, 1, 0, 1, 1}, {0, 0, 0, 0, 1, 1}, {2, 2, 2, 130, 299, 299}, {1, -1, 0, 0, 1, 1}};
static const uint16_t first[TOKENS * 2] = {0, 4, 1, 2, 3, 4, 0, 1, 0, 4, 2, 3};
static const uint16_t second[TOKENS] = {2, 0, 1, 2, 2, 0};

static int32_t level_of(void *context, uint32_t factor, uint32_t token)
{
    (void)context;
    return levels_of[factor][token];
}

static const uint16_t *row_of(void *context, uint32_t layer, uint32_t token)
{
    (void)context;
    return layer == 0 ? first + token * 2 : second + token;
}

static const struct tokens_source source = {level_of, row_of, NULL};

static void make(struct counts *c)
{
    static const char *const name[FACTORS] = {"phone", "speaker", "utterance", "pitch"};
    static char phone[2][4] = {"", "AA"}, speaker[2][4] = {"s1", "s2"},
                pitch[2][5] = {"high", "low"};
    static char utterance[UTTERANCES][16];
    static char model[] = "m", none[] = "", edges[] = "100,200";
    *c = (struct counts){.model = model,
                         .family = model,
                         .created_by = none,
                         .command = none,
                         .pitch_edges_hz = edges,
                         .lambda_percent = 40,
                         .utterances = 3,
                         .utterance_digest = 9,
                         .model_fingerprint = 7,
                         .seconds = 2,
                         .layers = 2,
                         .factors = FACTORS};
    c->layer = counts_alloc(c, 2, sizeof *c->layer);
    c->layer[0] = (struct counts_layer){.width = 5, .tau = 2};
    c->layer[1] = (struct counts_layer){.width = 3, .tau = 1};
    c->factor = counts_alloc(c, FACTORS, sizeof *c->factor);
    for (int f = 0; f < FACTORS; f++) {
        struct counts_factor *x = &c->factor[f];
        x->name = counts_text(c, name[f]);
        x->levels = f == 2 ? UTTERANCES : 2;
        x->level = counts_alloc(c, x->levels, sizeof *x->level);
        for (uint32_t i = 0; i < x->levels; i++) {
            snprintf(utterance[i], sizeof utterance[i], "u%03u", i);
            x->level[i] = f == 0   ? phone[i]
                          : f == 1 ? speaker[i]
                          : f == 2 ? utterance[i]
                                   : pitch[i];
        }
    }
}

static void make_file(const char *path)
{
    struct counts c;
    struct err err;
    make(&c);
    assert_ok(tokens_write(&c, TOKENS, &source, path, &err));
    counts_free(&c);
}

static void a_file_says_what_was_written(void **state)
{
    struct tokens t;
    struct err err;
    (void)state;
    make_file(FILE_A);
    assert_ok(tokens_open(&t, FILE_A, &err));
    assert_int_equal(t.count, TOKENS);
    assert_int_equal(t.about.frames_mode, COUNTS_FRAMES_MID);
    assert_true(t.about.lambda_percent == 40 && t.about.utterance_digest == 9);
    assert_true(t.about.layer[0].width == 5 && t.about.layer[0].tau == 2 && t.about.layers == 2);
    assert_string_equal(t.about.factor[2].level[130], "u130");
    assert_non_null(t.index[0].i8);
    assert_non_null(t.index[2].i16);
    for (uint32_t f = 0; f < FACTORS; f++)
        for (uint32_t i = 0; i < TOKENS; i++)
            assert_int_equal(tokens_level(&t, f, i), levels_of[f][i]);
    for (uint32_t i = 0; i < TOKENS; i++) {
        assert_memory_equal(tokens_row(&t, 0, i), first + i * 2, 4);
        assert_memory_equal(tokens_row(&t, 1, i), second + i, 2);
    }
    tokens_free(&t);
    char *path = tokens_path("a/b.counts");
    assert_string_equal(path, "a/b.counts.tokens");
    free(path);
}

static unsigned char *copy_file(const char *path, size_t *size)
{
    struct mapped m;
    struct err err;
    assert_ok(mapped_open(&m, path, &err));
    unsigned char *bytes = malloc(m.size);
    assert_non_null(bytes);
    memcpy(bytes, m.data, *size = m.size);
    mapped_close(&m);
    return bytes;
}

/* BYTES must be refused in one line with WORDS. */
static void refused(const unsigned char *bytes, size_t size, const char *words)
{
    struct tokens t;
    struct err err;
    if (tokens_parse(&t, bytes, size, "broken", &err) == STATUS_OK)
        fail_msg("a file with %s was taken", words);
    if (strncmp(err.msg, "broken: ", 8) != 0 || !strstr(err.msg, words))
        fail_msg("'%s' lacks '%s'", err.msg, words);
}

static void broken_headers_are_refused(void **state)
{
    static const struct {
        const char *find, *put, *words;
    } table[] = {
        {"propneu-tokens", "propneu-county", "not a token file"},
        {"\"widths\":\"5,3\"", "\"widths\":\"0,3\"", "'widths' is not from 1 to 65535 in layer 1"},
        {"\"widths\":\"5,3\"", "\"widths\":\"4,3\"", "the neurons of token 0"},
        {"\"widths\":\"5,3\"", "\"widths\":\"5;3\"", "widths"},
        {"\"widths\":\"5,3\"", "\"width0\":\"5,3\"", "widths"},
        {"\"tau\":\"2,1\"", "\"tau\":\"1,1\"", "not U16 with 1 neurons"},
        {"\"tau\":\"2,1\"", "\"tau\":\"2,4\"", "'tau' is not from 1 to 3 in layer 2"},
        {"phone,speaker", "phony,speaker", "levels.phony"},
        {"\"token.pitch\"", "\"token.pItch\"", "'token.pitch' is missing"},
        {"\"neurons.2\"", "\"neurons.3\"", "'neurons.2' is missing"},
        {"\"neurons.1\"", "\"Neurons.1\"", "not a whole number"},
        {"\"I16\"", "\"U16\"", "not a list of I8, I16 or I32"},
        {"[\\\"\\\",\\\"AA\\\"]", "[\\\"AA\\\"     ]", "token.phone of token 1: level 1"},
    };
    size_t size;
    (void)state;
    make_file(FILE_A);
    unsigned char *bytes = copy_file(FILE_A, &size);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t n = strlen(table[i].find);
        unsigned char *at = memmem(bytes, size, table[i].find, n), *copy = malloc(size);
        assert_int_equal(n, strlen(table[i].put));
        if (!at)
            fail_msg("no %s", table[i].find);
        memcpy(copy, bytes, size);
        memcpy(copy + (at - bytes), table[i].put, n);
        refused(copy, size, table[i].words);
        free(copy);
    }
    for (size_t n = 0; n < size; n += 17)
        refused(bytes, n, "");
    free(bytes);
}

/* Data of the file: the two-byte levels, neurons of both layers, then the bytes of three factors.
 */
static void broken_numbers_are_refused(void **state)
{
    enum {
        U = 0,
        N1 = 12,
        N2 = N1 + 24,
        PHONE = N2 + 12,
        SPEAKER = PHONE + 6,
        PITCH = SPEAKER + 6
    };
    static const struct {
        size_t at;
        unsigned char put;
        const char *words;
    } table[] = {
        {U + 1, 0x7f, "token.utterance of token 0: level 32514"},
        {U + 2, 1, "not in the order of utterances"},
        {U + 8, 0xff, "token.utterance of token 4: level 511"},
        {N1, 4, "the neurons of token 0 do not rise"},
        {N1 + 2, 5, "not below 5"},
        {N2 + 1, 1, "not below 3"},
        {PHONE, 0xff, "token 0: no utterance, speaker or phone"},
        {PHONE + 3, 0xfe, "level -2"},
        {SPEAKER + 1, 1, "token 1: its utterance has two speakers"},
        {PITCH + 5, 2, "token.pitch of token 5: level 2, but there are 2"},
    };
    size_t size;
    (void)state;
    make_file(FILE_A);
    unsigned char *bytes = copy_file(FILE_A, &size);
    size_t data = size - (PITCH + 6);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        unsigned char *at = bytes + data + table[i].at, old = *at;
        *at = table[i].put;
        refused(bytes, size, table[i].words);
        *at = old;
    }
    free(bytes);
}

/* Random bytes anywhere: taken or refused, but nothing is read outside (seen by sanitizers). */
static void random_damage_does_no_harm(void **state)
{
    struct rng rng = rng_seed(5);
    struct tokens t;
    struct err err;
    size_t size;
    (void)state;
    make_file(FILE_A);
    unsigned char *bytes = copy_file(FILE_A, &size);
    for (int i = 0; i < 500; i++) {
        unsigned char *copy = malloc(size);
        memcpy(copy, bytes, size);
        for (uint64_t k = rng_below(&rng, 4) + 1; k > 0; k--)
            copy[rng_below(&rng, size)] = (unsigned char)rng_next(&rng);
        if (tokens_parse(&t, copy, size, "random", &err) == STATUS_OK)
            tokens_free(&t);
        free(copy);
    }
    free(bytes);
}

/* The counts of the two reference recordings with tokens beside them. */
static void count(enum counts_frames frames, bool tokens)
{
    static char path[6][1024];
    static const char *const name[] = {"models/g_melhubert_20ms/hf",
                                       "info/mean-std.npy",
                                       "audio",
                                       "counting/g_melhubert_20ms/framewise-phone-20ms.json",
                                       "info/label-merge.json",
                                       "counting/g_melhubert_20ms/pitch-discrete.json"};
    const struct count_hooks hooks = {.context = NULL};
    struct count_job *job;
    struct err err;
    for (int i = 0; i < 6; i++)
        snprintf(path[i], sizeof path[i], "%s", data_path(name[i]));
    const struct count_options o = {
        .model = path[0],
        .mean_std = path[1],
        .corpus = {.audio = path[2],
                   .labels = path[3],
                   .label_table = path[4],
                   .pitch = path[5],
                   .by = 1 << CORPUS_PHONE | 1 << CORPUS_PITCH},
        .lambda_percent = 3,
        .frames = frames,
        .tokens = tokens,
        .threads = 2,
        .output = COUNTS,
        .created_by = "test",
        .command = "test",
    };
    assert_ok(count_open(&job, &o, &err));
    assert_ok(count_run(job, &hooks, &err));
    count_free(job);
}

/* The tokens of T in each cell of C, added up, must be its counts. */
static void adds_up_to(const struct tokens *t, const struct counts *c)
{
    for (uint32_t cell = 0; cell < c->cells; cell++)
        for (uint32_t l = 0; l < c->layers; l++) {
            uint32_t width = c->layer[l].width, *hits = calloc(width, sizeof *hits);
            int64_t frames = 0;
            for (uint32_t i = 0; i < t->count; i++) {
                bool inside = true;
                for (uint32_t f = 0; f < c->factors; f++) {
                    int own = counts_find_factor(&t->about, c->factor[f].name);
                    inside &= tokens_level(t, (uint32_t)own, i) == c->factor[f].index[cell];
                }
                frames += inside;
                for (uint32_t k = 0; k < c->layer[l].tau && inside; k++)
                    hits[tokens_row(t, l, i)[k]]++;
            }
            assert_int_equal(frames, c->frames[cell]);
            for (uint32_t d = 0; d < width; d++)
                assert_int_equal(hits[d], c->layer[l].u16[cell * width + d]);
            free(hits);
        }
}

static void tokens_add_up_to_the_counts_of_middle_frames(void **state)
{
    struct tokens t;
    struct counts all, c;
    struct err err;
    (void)state;
    count(COUNTS_FRAMES_ALL, true);
    assert_int_not_equal(access(COUNTS ".journal", F_OK), 0);
    assert_int_not_equal(access(COUNTS ".tokens.journal", F_OK), 0);
    assert_ok(tokens_open(&t, COUNTS ".tokens", &err));
    assert_ok(counts_open(&all, COUNTS, &err));
    assert_ok(tokens_fit(&t, &all, &err));
    count(COUNTS_FRAMES_MID, false);
    assert_ok(counts_open(&c, COUNTS, &err));
    assert_ok(tokens_fit(&t, &c, &err));
    adds_up_to(&t, &c);
    counts_free(&c);
    count(COUNTS_FRAMES_AUTHORS, false);
    assert_ok(counts_open(&c, COUNTS, &err));
    assert_status(tokens_fit(&t, &c, &err), STATUS_MISMATCH); /* other frames */
    counts_free(&c);
    tokens_free(&t);
    count(COUNTS_FRAMES_AUTHORS, true);
    assert_ok(tokens_open(&t, COUNTS ".tokens", &err));
    assert_ok(counts_open(&c, COUNTS, &err));
    assert_int_equal(t.about.frames_mode, COUNTS_FRAMES_AUTHORS);
    adds_up_to(&t, &c);
    counts_free(&c);
    counts_free(&all);
    tokens_free(&t);
}

static void tokens_of_other_counts_do_not_fit(void **state)
{
    static char other[] = "other";
    struct tokens t;
    struct counts c;
    struct err err;
    (void)state;
    count(COUNTS_FRAMES_ALL, true);
    for (int change = 0; change < 8; change++) {
        assert_ok(tokens_open(&t, COUNTS ".tokens", &err));
        assert_ok(counts_open(&c, COUNTS, &err));
        int64_t *frames = (int64_t *)(uintptr_t)counts_alloc(&c, c.cells, sizeof *frames);
        memcpy(frames, c.frames, c.cells * sizeof *frames);
        c.frames = frames;
        switch (change) {
        case 0: c.model_fingerprint++; break;
        case 1: c.lambda_percent = 2; break;
        case 2: c.utterance_digest++; break;
        case 3: c.pitch_edges_hz = other; break;
        case 4: c.layer[1].tau++; break;
        case 5: c.factor[0].level[1] = other; break;
        case 6: c.factor[1].name = other; break;
        default: memset(frames, 0, c.cells * sizeof *frames);
        }
        assert_status(tokens_fit(&t, &c, &err), STATUS_MISMATCH);
        assert_non_null(strstr(err.msg, COUNTS ".tokens is not of " COUNTS ": "));
        assert_true(change != 0 || strstr(err.msg, "model_fingerprint"));
        counts_free(&c);
        tokens_free(&t);
    }
}

static int remove_files(void **state)
{
    (void)state;
    unlink(FILE_A);
    unlink(FILE_B);
    unlink(COUNTS);
    unlink(COUNTS ".tokens");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_says_what_was_written),
        cmocka_unit_test(broken_headers_are_refused),
        cmocka_unit_test(broken_numbers_are_refused),
        cmocka_unit_test(random_damage_does_no_harm),
        cmocka_unit_test(tokens_add_up_to_the_counts_of_middle_frames),
        cmocka_unit_test(tokens_of_other_counts_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
