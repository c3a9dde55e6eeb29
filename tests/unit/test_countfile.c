#include "config.h"

#include "unit.h"

#include <unistd.h>

#include "formats/countfile.h"
#include "formats/file.h"
#include "base/rng.h"

#define FILE_A "test_countfile_a.tmp"
#define FILE_B "test_countfile_b.tmp"

/* Two factors, four cells, a narrow layer of 5 neurons (tau 2) and a wide one of 3 (tau 1). */
static char *phones[] = {(char[]){""}, (char[]){"AA"}, (char[]){"\303\204\"\\"}};
static char *genders[] = {(char[]){"female"}, (char[]){"male"}};
static const int32_t phone_index[] = {0, 1, 1, 2}, gender_index[] = {-1, 0, 1, 0};
static const int64_t frames[] = {70001, 2, 1, 4};
static const uint16_t narrow[] = {65535, 4466, 50000, 20000, 1, 2, 2, 0, 0, 0,
                                  0,     1,    0,     0,     1, 4, 1, 1, 1, 1};
static const uint32_t wide[] = {70000, 1, 0, 0, 0, 2, 1, 0, 0, 2, 1, 1};
static const int64_t occurrences[] = {100, 7, 3};

static void make(struct counts *c)
{
    static struct counts_factor factor[2];
    static struct counts_layer layer[2];
    static char phone_name[] = "phone", gender_name[] = "gender";
    factor[0] = (struct counts_factor){phone_name, phones, 3, phone_index};
    factor[1] = (struct counts_factor){gender_name, genders, 2, gender_index};
    layer[0] = (struct counts_layer){.width = 5, .tau = 2, .u16 = narrow};
    layer[1] = (struct counts_layer){.width = 3, .tau = 1, .u32 = wide};
    static char model[] = "tiny \351", family[] = "melhubert", by[] = "test", cmd[] = "propneu x";
    static char edges[] = "129.03,179.78", held[] = "2,4-6";
    *c = (struct counts){.model = model,
                         .family = family,
                         .created_by = by,
                         .command = cmd,
                         .pitch_edges_hz = edges,
                         .lambda_percent = 0.1,
                         .frames_mode = COUNTS_FRAMES_MID,
                         .model_fingerprint = 0xfedcba9876543210u,
                         .utterance_digest = 5,
                         .utterances = 2,
                         .seconds = 29917 / 16000.0,
                         .shards = {9, held, 12, 0xabcdef0123456789u},
                         .cells = 4,
                         .frames = frames,
                         .factors = 2,
                         .factor = factor,
                         .phone_occurrences = occurrences,
                         .layers = 2,
                         .layer = layer};
}

static void a_file_says_what_was_written(void **state)
{
    struct counts c, r;
    struct err err;
    (void)state;
    make(&c);
    assert_ok(counts_write(&c, FILE_A, &err));
    assert_ok(counts_open(&r, FILE_A, &err));
    assert_string_equal(r.path, FILE_A);
    assert_string_equal(r.model, "tiny ?");
    assert_string_equal(r.family, "melhubert");
    assert_string_equal(r.created_by, "test");
    assert_string_equal(r.command, "propneu x");
    assert_string_equal(r.pitch_edges_hz, "129.03,179.78");
    assert_true(r.lambda_percent == 0.1);
    assert_true(r.seconds == 1.8698125);
    assert_int_equal(r.frames_mode, COUNTS_FRAMES_MID);
    assert_true(r.model_fingerprint == 0xfedcba9876543210u);
    assert_true(r.utterances == 2 && r.utterance_digest == 5);
    assert_true(r.shards.of == 9 && r.shards.corpus_utterances == 12);
    assert_true(r.shards.recordings_digest == 0xabcdef0123456789u);
    assert_string_equal(r.shards.held, "2,4-6");
    assert_int_equal(r.cells, 4);
    assert_memory_equal(r.frames, frames, sizeof frames);
    assert_int_equal(r.factors, 2);
    assert_int_equal(counts_find_factor(&r, "gender"), 1);
    assert_int_equal(counts_find_factor(&r, "pitch"), -1);
    assert_int_equal(counts_find_level(&r, 0, phones[2]), 2);
    assert_int_equal(counts_find_level(&r, 0, "ZH"), -1);
    assert_memory_equal(r.factor[0].index, phone_index, sizeof phone_index);
    assert_memory_equal(r.factor[1].index, gender_index, sizeof gender_index);
    assert_memory_equal(r.phone_occurrences, occurrences, sizeof occurrences);
    assert_int_equal(r.layers, 2);
    assert_true(r.layer[0].width == 5 && r.layer[0].tau == 2 && r.layer[1].tau == 1);
    assert_memory_equal(r.layer[0].u16, narrow, sizeof narrow);
    assert_memory_equal(r.layer[1].u32, wide, sizeof wide);
    assert_false(counts_is_probability(&r));
    counts_free(&r);
}

static char *engines[] = {(char[]){"flite"}, (char[]){"fest, \"x\""}};
static char *years[] = {(char[]){""}, (char[]){"19700"}};

/* The counts of make(), with the second factor as speakers of whom two columns are known. */
static void make_speakers(struct counts *c)
{
    static char speaker[] = "speaker", engine[] = "engine", year[] = "year of birth";
    static struct counts_column column[2];
    make(c);
    c->factor[1].name = speaker;
    column[0] = (struct counts_column){engine, engines};
    column[1] = (struct counts_column){year, years};
    c->columns = 2;
    c->column = column;
    c->strata = engine;
}

static void columns_of_speakers_are_kept(void **state)
{
    struct counts c, r;
    struct err err;
    (void)state;
    make_speakers(&c);
    assert_ok(counts_write(&c, FILE_A, &err));
    assert_ok(counts_open(&r, FILE_A, &err));
    assert_int_equal(r.columns, 2);
    assert_int_equal(counts_find_column(&r, "engine"), 0);
    assert_int_equal(counts_find_column(&r, "year of birth"), 1);
    assert_int_equal(counts_find_column(&r, "year"), -1);
    assert_string_equal(r.column[0].value[1], "fest, \"x\"");
    assert_string_equal(r.column[1].value[0], "");
    assert_string_equal(r.strata, "engine");
    counts_free(&r);
    make(&c); /* as old files are */
    assert_ok(counts_write(&c, FILE_A, &err));
    assert_ok(counts_open(&r, FILE_A, &err));
    assert_int_equal(r.columns, 0);
    assert_string_equal(r.strata, "");
    counts_free(&r);
}

static void equal_counts_give_equal_bytes(void **state)
{
    struct counts c, r;
    struct mapped a, b;
    struct err err;
    (void)state;
    make(&c);
    assert_ok(counts_write(&c, FILE_A, &err));
    assert_ok(counts_open(&r, FILE_A, &err));
    assert_ok(counts_write(&r, FILE_B, &err));
    counts_free(&r);
    assert_ok(mapped_open(&a, FILE_A, &err));
    assert_ok(mapped_open(&b, FILE_B, &err));
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
    mapped_close(&a);
    mapped_close(&b);
}

static void probabilities_are_kept_as_they_are(void **state)
{
    static const float p[] = {0, 1, 0.25f, 1e-30f, 0.5f, 0x1.fffffep-1f};
    static const int64_t unknown[] = {-1, -1};
    struct counts c, r;
    struct counts_layer layer = {.width = 3, .tau = 1, .probability = p};
    struct err err;
    (void)state;
    make(&c);
    c.cells = 2;
    c.frames = unknown;
    c.factors = 1;
    c.phone_occurrences = NULL;
    c.layers = 1;
    c.layer = &layer;
    assert_ok(counts_write(&c, FILE_A, &err));
    assert_ok(counts_open(&r, FILE_A, &err));
    assert_true(counts_is_probability(&r));
    assert_int_equal(r.frames[1], -1);
    assert_memory_equal(r.layer[0].probability, p, sizeof p);
    assert_null(r.phone_occurrences);
    counts_free(&r);
}

static void text_is_made_utf8(void **state)
{
    char text[] = "a\300\257b\t\355\240\200\303\251\360\237\230\200\364\220\200\200\377\302";
    (void)state;
    counts_clean(text);
    assert_string_equal(text, "a??b????\303\251\360\237\230\200??????");
}

/* What breaking does to the parts of a written file: the text of its header, and the data. */
struct breakage {
    const char *find, *put; /* same length in the header */
};

static void write_bytes(const char *path, const unsigned char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static unsigned char *copy_file(const char *path, size_t *size)
{
    struct mapped m;
    struct err err;
    assert_ok(mapped_open(&m, path, &err));
    unsigned char *bytes = malloc(m.size);
    assert_non_null(bytes);
    memcpy(bytes, m.data, m.size);
    *size = m.size;
    mapped_close(&m);
    return bytes;
}

static void refused(const unsigned char *bytes, size_t n)
{
    struct counts r;
    struct err err;
    write_bytes(FILE_B, bytes, n);
    enum status code = counts_open(&r, FILE_B, &err);
    if (!code)
        fail_msg("a broken file was taken");
    assert_non_null(strstr(err.msg, FILE_B));
}

static void lists_of_shards_read_as_they_print(void **state)
{
    static const uint64_t sets[] = {1, 2, 0x2a, 0xfff, 0x1ff00f01f, UINT64_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct buf text = BUF_INIT;
        uint64_t back = 0;
        shards_print(&text, &sets[i], 64);
        assert_true(shards_parse(buf_text(&text), 64, &back));
        assert_true(back == sets[i]);
        buf_free(&text);
    }
    uint32_t k, n;
    assert_true(shards_number("7/65536", &k, &n) && k == 7 && n == 65536);
    static const char *const bad[] = {"", "1", "1/", "/1", "0/1", "2/1", "1/65537", "1/2 ", "+1/2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(shards_number(bad[i], &k, &n));
}

/* Each of TABLE [N] put into the bytes of FILE_A makes a file that is refused. */
static void all_refused(const struct breakage *table, size_t count)
{
    struct err err;
    size_t size;
    unsigned char *bytes = copy_file(FILE_A, &size);
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(table[i].find);
        assert_int_equal(n, strlen(table[i].put));
        unsigned char *at = memmem(bytes, size, table[i].find, n);
        if (!at)
            fail_msg("the header holds no %s", table[i].find);
        unsigned char *copy = malloc(size);
        memcpy(copy, bytes, size);
        memcpy(copy + (at - bytes), table[i].put, n);
        write_bytes(FILE_B, copy, size);
        struct counts r;
        if (counts_open(&r, FILE_B, &err) == STATUS_OK)
            fail_msg("%s instead of %s was taken", table[i].put, table[i].find);
        free(copy);
    }
    free(bytes);
}

static void broken_headers_are_refused(void **state)
{
    static const struct breakage table[] = {
        {"propneu-counts", "propneu-county"},
        {"\"version\":\"1\"", "\"version\":\"2\""},
        {"\"lambda_percent\"", "\"lambda_persons\""},
        {"\"0.1\"", "\"-.1\""},
        {"\"0.1\"", "\"nan\""},
        {"\"0.1\"", "\"0x \""},
        {"\"tau\":\"2,1\"", "\"tau\":\"2;1\""},
        {"\"tau\":\"2,1\"", "\"tau\":\"2,0\""},
        {"\"tau\":\"2,1\"", "\"tau\":\"6,1\""},
        {"\"tau\":\"2,1\"", "\"tau\":\"1,1\""},
        {"\"tau\":\"2,1\"", "\"tau\":\"2,4\""},
        {"\"tau\":\"2,1\"", "\"tau\":\"-,1\""},
        {"\"tau\":\"2,1\"", "\"taw\":\"2,1\""},
        {"\"mid\"", "\"maa\""},
        {"phone,gender", "phone,gendar"},
        {"phone,gender", "phone;gender"},
        {"phone,gender", ",hone,gender"},
        {"phone,gender", "phone,,ender"},
        {"levels.phone", "levels.phome"},
        {"[\\\"female\\\",", "[\\\"female\\\";"},
        {"[\\\"female\\\",\\\"male\\\"]", "{\\\"female\\\":\\\"male\\\"}"},
        {"[\\\"female\\\",\\\"male\\\"]", "[\\\"male\\\"  ,\\\"male\\\"]"},
        {"[\\\"female\\\",\\\"male\\\"]", "[\\\"female\\\"         ]"},
        {"[\\\"female\\\",\\\"male\\\"]", "[\\\"female\\\",12345678]"},
        {"\"utterances\":\"2\"", "\"utterances\":\"-\""},
        {"1.8698125", "-.8698125"},
        {"1.8698125", "1.86981 5"},
        {"fedcba9876543210", "gedcba9876543210"},
        {"\"shards\":\"9\"", "\"shards\":\"5\""},
        {"\"shards\":\"9\"", "\"shards\":\"0\""},
        {"\"2,4-6\"", "\"2,1-6\""},
        {"\"2,4-6\"", "\"2,4-3\""},
        {"\"2,4-6\"", "\"2,4-,\""},
        {"\"2,4-6\"", "\"2,4 6\""},
        {"\"2,4-6\"", "\"99999\""},
        {"abcdef0123456789", "abcdef012345678g"},
        {"100,7,3", "100,7 3"},
        {"100,7,3", "100,7  "},
        {"\"frames\":{", "\"frame2\":{"},
        {"\"counts.1\"", "\"counts.3\""},
        {"\"counts.1\"", "\"Counts.1\""},
        {"\"counts.2\"", "\"probab.2\""},
        {"\"factor.phone\"", "\"factor.phome\""},
        {"\"U16\"", "\"I16\""},
        {"\"U32\"", "\"I32\""},
        {"\"I64\"", "\"F64\""},
    };
    struct counts c;
    struct err err;
    (void)state;
    make(&c);
    assert_ok(counts_write(&c, FILE_A, &err));
    all_refused(table, sizeof table / sizeof *table);
}

static void broken_columns_are_refused(void **state)
{
    static const struct breakage table[] = {
        {"[\\\"\\\",\\\"19700\\\"]", "[\\\"\\\"          ]"},
        {"[\\\"\\\",\\\"19700\\\"]", "[\\\"\\\",\\\"\\\",\\\"\\\"]"},
        {"[\\\"\\\",\\\"19700\\\"]", "{\\\"\\\":\\\"19700\\\"}"},
        {"[\\\"\\\",\\\"19700\\\"]", "[\\\"\\\",123456789]"},
        {"[\\\"\\\",\\\"19700\\\"]", "\\\"\\\",\\\"197000\\\"]"},
        {"\"speaker_strata\":\"engine\"", "\"speaker_strata\":\"motors\""},
        {"\"speaker.engine\":", "\"speaker.motors\":"}, /* named as strata */
    };
    struct counts c;
    struct err err;
    size_t size;
    (void)state;
    make_speakers(&c);
    assert_ok(counts_write(&c, FILE_A, &err));
    all_refused(table, sizeof table / sizeof *table);
    /* Columns without the factor. */
    unsigned char *bytes = copy_file(FILE_A, &size), *at = bytes;
    while ((at = memmem(at, size - (size_t)(at - bytes), "speaker\"", 8)))
        at[6] = 'x';
    refused(bytes, size);
    free(bytes);
}

/* The counts of make() at 0.1 %, and at 2 %, where every neuron is activated in every frame. */
static void make_two(struct counts *c)
{
    static double lambda[] = {0.1, 2};
    static struct counts_layer block[4];
    static uint32_t all_of_first[4 * 5], all_of_second[4 * 3];
    make(c);
    for (uint32_t i = 0; i < 4; i++) {
        for (uint32_t d = 0; d < 5; d++)
            all_of_first[i * 5 + d] = (uint32_t)frames[i];
        for (uint32_t d = 0; d < 3; d++)
            all_of_second[i * 3 + d] = (uint32_t)frames[i];
    }
    block[0] = c->layer[0];
    block[1] = c->layer[1];
    block[2] = (struct counts_layer){.width = 5, .tau = 5, .u32 = all_of_first};
    block[3] = (struct counts_layer){.width = 3, .tau = 3, .u32 = all_of_second};
    c->lambdas = 2;
    c->lambda = lambda;
    c->layer = c->block = block;
}

static void counts_at_several_lambdas_are_chosen_from(void **state)
{
    struct counts c, r;
    struct err err;
    (void)state;
    make_two(&c);
    assert_ok(counts_write(&c, FILE_A, &err));
    assert_ok(counts_open(&r, FILE_A, &err));
    assert_int_equal(r.lambdas, 2);
    assert_int_equal(r.layers, 2);
    assert_true(r.lambda_percent == 0.1);
    assert_memory_equal(r.layer[0].u16, narrow, sizeof narrow);
    assert_int_equal(counts_choose(&r, 1, &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "there are: 0.1, 2"));
    assert_ok(counts_choose(&r, 2, &err));
    assert_true(r.lambda_percent == 2);
    assert_int_equal(r.layer[1].tau, 3);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(r.layer[0].u32[i * 5 + 4], frames[i]);
    assert_ok(counts_choose(&r, 0.1, &err));
    assert_memory_equal(r.layer[1].u32, wide, sizeof wide);
    counts_free(&r);
}

static void broken_lists_of_lambdas_are_refused(void **state)
{
    static const struct breakage table[] = {
        {"\"lambdas_percent\"", "\"lambdaz_percent\""},
        {"\"0.1,2\"", "\"0.1;2\""},
        {"\"0.1,2\"", "\"0.1,0\""},
        {"\"0.1,2\"", "\"0.1,3\""},
        {"\"0.1,2\"", "\"0.1, \""},
        {"\"0.1,2\"", "\"2,0.1\""},
        {"\"0.1,2\"", "\".1,.1\""},
        {"\"0.1,2\"", "\"0.100\""},
        {"\"tau@2\":\"5,3\"", "\"tau@2\":\"4,3\""},
        {"\"tau@2\":\"5,3\"", "\"tau@3\":\"5,3\""},
        {"\"counts@2.1\"", "\"counts@3.1\""},
        {"\"counts@2.1\"", "\"counts@2.3\""},
    };
    struct counts c;
    struct err err;
    (void)state;
    make_two(&c);
    assert_ok(counts_write(&c, FILE_A, &err));
    all_refused(table, sizeof table / sizeof *table);
}

/* Every single number of the data is guarded: whichever byte changes, a sum or range is off. */
static void every_changed_byte_is_noticed(void **state)
{
    struct counts c;
    struct err err;
    size_t size;
    (void)state;
    make(&c);
    assert_ok(counts_write(&c, FILE_A, &err));
    unsigned char *bytes = copy_file(FILE_A, &size);
    size_t data = 4 * (8 + 4 + 4 + 3 * 4) + 4 * 5 * 2, changed = 0;
    for (size_t i = size - data; i < size; i++) {
        unsigned char old = bytes[i];
        bytes[i] ^= 0x81;
        refused(bytes, size);
        bytes[i] = old;
        changed++;
    }
    assert_int_equal(changed, 152);
    free(bytes);
}

/* By another program, while the file is mapped. */
static void levels_stay_what_they_were_when_checked(void **state)
{
    struct counts c, r;
    struct err err;
    (void)state;
    make(&c);
    assert_ok(counts_write(&c, FILE_B, &err));
    assert_ok(counts_open(&r, FILE_B, &err));
    FILE *f = fopen(FILE_B, "r+");
    assert_non_null(f);
    assert_int_equal(fseek(f, -152, SEEK_END), 0);
    for (int i = 0; i < 152; i++)
        fputc(0x7e, f);
    assert_int_equal(fclose(f), 0);
    assert_memory_not_equal(r.layer[0].u16, narrow, sizeof narrow);
    assert_memory_equal(r.frames, frames, sizeof frames);
    assert_memory_equal(r.factor[0].index, phone_index, sizeof phone_index);
    assert_memory_equal(r.factor[1].index, gender_index, sizeof gender_index);
    counts_free(&r);
    assert_status(mapped_unchanged(&err), STATUS_IO);
}

static void truncated_files_are_refused(void **state)
{
    struct counts c;
    struct err err;
    size_t size;
    (void)state;
    make(&c);
    assert_ok(counts_write(&c, FILE_A, &err));
    unsigned char *bytes = copy_file(FILE_A, &size);
    for (size_t n = 0; n < size; n += 13)
        refused(bytes, n);
    free(bytes);
}

/* Random bytes anywhere: taken or refused, but nothing is read outside (seen by sanitizers). */
static void random_damage_does_no_harm(void **state)
{
    struct counts c, r;
    struct rng rng = rng_seed(1);
    struct err err;
    size_t size;
    (void)state;
    make(&c);
    assert_ok(counts_write(&c, FILE_A, &err));
    unsigned char *bytes = copy_file(FILE_A, &size);
    for (int i = 0; i < 500; i++) {
        unsigned char *copy = malloc(size);
        memcpy(copy, bytes, size);
        for (uint64_t k = rng_below(&rng, 4) + 1; k > 0; k--)
            copy[rng_below(&rng, size)] = (unsigned char)rng_next(&rng);
        write_bytes(FILE_B, copy, size);
        if (counts_open(&r, FILE_B, &err) == STATUS_OK)
            counts_free(&r);
        free(copy);
    }
    free(bytes);
}

static void cells_in_any_order_are_read_but_not_twice(void **state)
{
    static const int32_t mixed[] = {2, 1, 0, 0}, twice[] = {2, 1, 0, 2};
    static const int32_t none[] = {-1, -1, -1, -1};
    struct counts c, r;
    struct err err;
    (void)state;
    make(&c);
    c.factor[0].index = mixed;
    assert_ok(counts_write(&c, FILE_A, &err));
    assert_ok(counts_open(&r, FILE_A, &err));
    counts_free(&r);
    c.factor[0].index = twice;
    c.factor[1].index = none;
    assert_ok(counts_write(&c, FILE_A, &err));
    assert_status(counts_open(&r, FILE_A, &err), STATUS_FORMAT);
    assert_string_equal(err.msg, FILE_A ": cells 0 and 3 have the same levels");
}

static int remove_files(void **state)
{
    (void)state;
    unlink(FILE_A);
    unlink(FILE_B);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_says_what_was_written),
        cmocka_unit_test(columns_of_speakers_are_kept),
        cmocka_unit_test(equal_counts_give_equal_bytes),
        cmocka_unit_test(probabilities_are_kept_as_they_are),
        cmocka_unit_test(text_is_made_utf8),
        cmocka_unit_test(lists_of_shards_read_as_they_print),
        cmocka_unit_test(broken_headers_are_refused),
        cmocka_unit_test(broken_columns_are_refused),
        cmocka_unit_test(counts_at_several_lambdas_are_chosen_from),
        cmocka_unit_test(broken_lists_of_lambdas_are_refused),
        cmocka_unit_test(every_changed_byte_is_noticed),
        cmocka_unit_test(levels_stay_what_they_were_when_checked),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(random_damage_does_no_harm),
        cmocka_unit_test(cells_in_any_order_are_read_but_not_twice),
    };
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
