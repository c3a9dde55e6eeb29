#include "config.h"

#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "count/count.h"
#include "formats/file.h"
#include "corpus/pitchfile.h"
#include "base/rng.h"
#include "formats/tensors/safetensors.h"

#define DIR     "test_count.dir"
#define OUT     DIR "/out.counts"
#define OTHER   DIR "/other.counts"
#define JOURNAL OUT ".journal"

#define MODEL "g_melhubert_20ms"

enum { PHONES = 41 };

static struct count_options paths;

/* The reference corpus: two recordings, with gender and pitch. */
static struct count_options reference_options(void)
{
    static char path[7][1024];
    const char *name[] = {"models/" MODEL "/hf",
                          "info/mean-std.npy",
                          "audio",
                          "counting/" MODEL "/framewise-phone-20ms.json",
                          "info/label-merge.json",
                          "counting/" MODEL "/spk-gender.json",
                          "counting/" MODEL "/pitch-discrete.json"};
    for (int i = 0; i < 7; i++)
        snprintf(path[i], sizeof path[i], "%s", data_path(name[i]));
    return (struct count_options){
        .model = path[0],
        .mean_std = path[1],
        .corpus.audio = path[2],
        .corpus.labels = path[3],
        .corpus.label_table = path[4],
        .corpus.speakers = path[5],
        .corpus.pitch = path[6],
        .corpus.by = 1 << CORPUS_PHONE | 1 << CORPUS_GENDER | 1 << CORPUS_PITCH,
        .lambda_percent = 1,
        .frames = COUNTS_FRAMES_AUTHORS,
        .threads = 2,
        .output = OUT,
        .resume = true,
        .created_by = "test",
        .command = "propneu count",
    };
}

static void count(const struct count_options *o)
{
    struct count_hooks hooks = {.context = NULL};
    struct count_job *job;
    struct err err;
    assert_ok(count_open(&job, o, &err));
    assert_ok(count_run(job, &hooks, &err));
    assert_int_equal(count_left_out(count_totals(job)), 0);
    count_free(job);
    assert_int_not_equal(access(JOURNAL, F_OK), 0);
}

static const char *const table[PHONES] = {
    "",  "AA", "AE", "AH", "AO", "AW", "AY", "B",  "CH", "D", "DH", "EH", "ER",  "EY",
    "F", "G",  "HH", "IH", "IY", "JH", "K",  "L",  "M",  "N", "NG", "OW", "spn", "OY",
    "P", "R",  "S",  "SH", "T",  "TH", "UH", "UW", "V",  "W", "Y",  "Z",  "ZH"};

static int index_in(const char *const *list, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0)
            return i;
    fail_msg("no level '%s'", name);
    return -1;
}

/* Row of a cell in the published order, group x 41 + phone; -1: not part of the condition. */
static int row_of(const struct counts *c, uint32_t cell, const char *condition)
{
    static const char *const genders[] = {"male", "female"}, *const pitches[] = {"low", "mid",
                                                                                 "high"};
    const struct counts_factor *f = c->factor;
    int phone = index_in(table, PHONES, f[0].level[f[0].index[cell]]);
    if (strcmp(condition, "gender") == 0)
        return phone + PHONES * index_in(genders, 2, f[1].level[f[1].index[cell]]);
    if (strcmp(condition, "pitch") != 0)
        return phone;
    if (f[2].index[cell] < 0)
        return -1;
    return phone + PHONES * index_in(pitches, 3, f[2].level[f[2].index[cell]]);
}

/* Counts of OUT, summed to the rows of VARIANT/CONDITION, must be the reference's. */
static void same_as(const char *variant, const char *condition)
{
    char name[64];
    struct counts c;
    struct tensors golden;
    struct err err;
    assert_ok(counts_open(&c, OUT, &err));
    assert_ok(safetensors_open(&golden, data_path("counting/" MODEL "/counts.safetensors"), &err));
    snprintf(name, sizeof name, "%s/%s/counts", variant, condition);
    const struct tensor *t = tensors_find(&golden, name);
    snprintf(name, sizeof name, "%s/%s/frames", variant, condition);
    const struct tensor *frames = tensors_find(&golden, name);
    assert_non_null(t);
    assert_non_null(frames);
    size_t rows = t->shape[1], width = t->shape[2];
    assert_int_equal(c.layers, t->shape[0]);
    int64_t *want = malloc(t->count * sizeof *want), *want_frames = malloc(rows * sizeof *want);
    assert_ok(tensor_to_i64(t, want, &err));
    assert_ok(tensor_to_i64(frames, want_frames, &err));
    for (uint32_t i = 0; i < c.cells; i++) {
        int row = row_of(&c, i, condition);
        if (row < 0)
            continue;
        want_frames[row] -= c.frames[i];
        for (uint32_t n = 0; n < c.layers; n++)
            for (uint32_t d = 0; d < width; d++)
                want[(n * rows + (size_t)row) * width + d] -= c.layer[n].u16[i * width + d];
    }
    for (size_t r = 0; r < rows; r++)
        assert_int_equal(want_frames[r], 0);
    for (size_t i = 0; i < t->count; i++)
        assert_int_equal(want[i], 0);
    free(want);
    free(want_frames);
    tensors_free(&golden);
    counts_free(&c);
}

static void counts_are_those_of_the_published_program(void **state)
{
    (void)state;
    count(&paths);
    same_as("code", "phone-type");
    same_as("code", "gender");
    same_as("code", "pitch");
}

static void the_original_checkpoint_counts_alike(void **state)
{
    struct count_options o = paths;
    char model[1024];
    (void)state;
    snprintf(model, sizeof model, "%s", data_path("models/" MODEL "/native.pt"));
    o.model = model;
    count(&o);
    same_as("code", "phone-type");
    same_as("code", "pitch");
}

static void every_frame_is_counted_as_in_the_paper(void **state)
{
    struct count_options o = paths;
    (void)state;
    o.frames = COUNTS_FRAMES_ALL;
    count(&o);
    same_as("paper", "phone-type");
    same_as("paper", "gender");
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

/* A corpus of copies of the reference's by other names, in the list DIR/list. */
enum { COPIES = 6 };

static void make_corpus(const char *broken)
{
    static const char *const name[] = {"9001-100001-0000", "9002-100001-0000"};
    char from[1100], to[256];
    FILE *list = fopen(DIR "/list", "w");
    assert_non_null(list);
    for (int i = 0; i < 2 * COPIES; i++) {
        snprintf(from, sizeof from, "%s/%s.wav", paths.corpus.audio, name[i % 2]);
        snprintf(to, sizeof to, DIR "/%.4s-%d.wav", name[i % 2], i);
        if (*from != '/') {
            char full[2200];
            assert_non_null(getcwd(full, 1000));
            snprintf(full + strlen(full), 1150, "/%s", from);
            (void)symlink(full, to);
        } else {
            (void)symlink(from, to);
        }
        fprintf(list, "%.4s-%d.wav\n", name[i % 2], i);
    }
    if (broken)
        fprintf(list, "%s\n", broken);
    fclose(list);
}

/* Labels for the copies: silence and four phones, as TextGrids. */
static void make_labels(void)
{
    char path[256];
    mkdir(DIR "/labels", 0777);
    for (int i = 0; i < 2 * COPIES; i++) {
        snprintf(path, sizeof path, DIR "/labels/%s-%d.TextGrid", i % 2 ? "9002" : "9001", i);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n0\n1.8\n<exists>\n1\n"
              "\"IntervalTier\"\n\"phones\"\n0\n1.8\n5\n",
              f);
        static const char *const phone[] = {"", "AH1", "N", "zz", "IY0"};
        for (int k = 0; k < 5; k++)
            fprintf(f, "%g\n%g\n\"%s\"\n", 0.3 * k, 0.3 * k + 0.3, phone[(k + i) % 5]);
        fclose(f);
    }
}

static struct count_options copies_options(void)
{
    struct count_options o = paths;
    o.corpus.audio = DIR "/list";
    o.corpus.labels = DIR "/labels";
    o.corpus.label_table = NULL;
    o.corpus.pitch = NULL;
    o.corpus.by = 1 << CORPUS_PHONE | 1 << CORPUS_GENDER | 1 << CORPUS_SPEAKER;
    o.frames = COUNTS_FRAMES_ALL;
    return o;
}

static void threads_do_not_change_a_byte(void **state)
{
    struct count_options o = copies_options();
    struct counts c;
    struct err err;
    (void)state;
    make_corpus(NULL);
    make_labels();
    o.threads = 1;
    count(&o);
    o.threads = 5;
    o.output = OTHER;
    count(&o);
    same_bytes(OUT, OTHER);
    assert_ok(counts_open(&c, OUT, &err));
    assert_true(c.utterances == 2 * COPIES && c.utterance_digest != 0 && c.model_fingerprint);
    assert_true(c.seconds == COPIES * (29917 + 26500) / 16000.0);
    assert_int_equal(counts_find_level(&c, 0, "AH"), 1);
    assert_int_equal(counts_find_level(&c, 0, "zz"), 4);
    counts_free(&c);
}

/* Stops the job when a recording is found broken. */
static void cancel_at_problem(void *context, enum count_problem kind, const char *message)
{
    struct cancel *flag = context;
    assert_int_equal(kind, COUNT_NO_LABELS);
    assert_non_null(strstr(message, "9001-a"));
    cancel_set(flag);
}

/* Counts 9001-0 .. 9001-8 and stops at 9001-a, the seventh of thirteen; leaves the journal. */
static void count_half(const struct count_options *o)
{
    struct cancel flag = {.set = 0};
    struct count_hooks hooks = {
        .problem = cancel_at_problem, .context = (void *)(uintptr_t)&flag, .cancel = &flag};
    struct count_job *job;
    struct err err;
    unlink(JOURNAL);
    assert_ok(count_open(&job, o, &err));
    assert_status(count_run(job, &hooks, &err), STATUS_CANCELLED);
    assert_int_equal(count_totals(job)->counted, COPIES);
    count_free(job);
    assert_int_equal(access(JOURNAL, F_OK), 0);
}

static void an_interrupted_job_goes_on_to_the_same_bytes(void **state)
{
    struct count_hooks hooks = {.context = NULL};
    struct count_options o = copies_options();
    struct count_job *job;
    struct err err;
    (void)state;
    make_corpus("9001-a.wav");
    o.threads = 1;
    o.output = OTHER;
    assert_ok(count_open(&job, &o, &err));
    assert_ok(count_run(job, &hooks, &err));
    assert_int_equal(count_totals(job)->problem[COUNT_NO_LABELS], 1);
    count_free(job);
    o.output = OUT;
    count_half(&o);
    assert_ok(count_open(&job, &o, &err));
    assert_int_equal(count_totals(job)->resumed, COPIES);
    assert_ok(count_run(job, &hooks, &err));
    count_free(job);
    same_bytes(OUT, OTHER);
    assert_int_not_equal(access(JOURNAL, F_OK), 0);
}

static void a_journal_of_another_job_is_refused_by_name(void **state)
{
    struct count_options o = copies_options(), other;
    struct count_job *job;
    struct err err;
    (void)state;
    make_corpus("9001-a.wav");
    o.threads = 1;
    count_half(&o);
    other = o;
    other.lambda_percent = 2;
    assert_status(count_open(&job, &other, &err), STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "--lambda (1, not 2)"));
    other = o;
    other.corpus.by = 1 << CORPUS_PHONE;
    assert_status(count_open(&job, &other, &err), STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "--by (phone,gender,speaker, not phone)"));
    make_corpus(NULL);
    assert_status(count_open(&job, &o, &err), STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "corpus (-a)"));
    other.resume = false;
    assert_ok(count_open(&job, &other, &err));
    assert_int_equal(count_totals(job)->resumed, 0);
    count_free(job);
}

static unsigned char *copy_file(const char *path, size_t *size)
{
    struct mapped m;
    struct err err;
    assert_ok(mapped_open(&m, path, &err));
    unsigned char *bytes = malloc(m.size);
    memcpy(bytes, m.data, *size = m.size);
    mapped_close(&m);
    return bytes;
}

static void put_file(const char *path, const unsigned char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static void damaged_journals_are_refused(void **state)
{
    struct count_options o = copies_options();
    struct rng rng = rng_seed(3);
    struct count_job *job;
    struct err err;
    size_t size;
    (void)state;
    make_corpus("9001-a.wav");
    o.threads = 1;
    count_half(&o);
    unsigned char *bytes = copy_file(JOURNAL, &size);
    for (int i = 0; i < 40; i++) {
        size_t n = i < 20 ? rng_below(&rng, size) : size, at = rng_below(&rng, size);
        bytes[at] ^= i < 20 ? 0 : 0x10;
        put_file(JOURNAL, bytes, n);
        bytes[at] ^= i < 20 ? 0 : 0x10;
        assert_status(count_open(&job, &o, &err), STATUS_FORMAT);
        assert_non_null(strstr(err.msg, JOURNAL));
    }
    free(bytes);
}

/* Journals forged with a right checksum: refused or taken, but never trusted blindly. */
static void forged_journals_do_no_harm(void **state)
{
    struct count_options o = copies_options();
    struct rng rng = rng_seed(4);
    struct count_job *job;
    struct err err;
    size_t size;
    int refused = 0;
    (void)state;
    make_corpus("9001-a.wav");
    o.threads = 1;
    count_half(&o);
    unsigned char *bytes = copy_file(JOURNAL, &size);
    for (int i = 0; i < 120; i++) {
        unsigned char *copy = malloc(size);
        memcpy(copy, bytes, size);
        for (int k = 0; k < 2; k++) /* mostly in what comes before the counters */
            copy[18 + rng_below(&rng, k ? 1500 : size - 22)] = (unsigned char)rng_next(&rng);
        uint32_t crc = (uint32_t)crc32(crc32(0, NULL, 0), copy, (uInt)size - 4);
        memcpy(copy + size - 4, &crc, 4);
        put_file(JOURNAL, copy, size);
        if (count_open(&job, &o, &err) == STATUS_OK)
            count_free(job);
        else
            refused++;
        free(copy);
    }
    assert_true(refused > 100);
    free(bytes);
}

static void inputs_that_do_not_belong_together_are_refused(void **state)
{
    struct count_options o = copies_options();
    struct count_job *job;
    struct err err;
    (void)state;
    unlink(JOURNAL);
    make_corpus(NULL);
    o.corpus.labels = paths.corpus.labels;
    o.corpus.label_table = paths.corpus.label_table;
    assert_status(count_open(&job, &o, &err), STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "9001-0"));
    o = copies_options();
    o.output = DIR "/no/such/folder/out";
    assert_status(count_open(&job, &o, &err), STATUS_IO);
    o.output = DIR;
    assert_status(count_open(&job, &o, &err), STATUS_IO);
}

static void two_runs_with_one_output_are_not_let_in(void **state)
{
    struct count_options o = copies_options();
    struct count_job *job, *other;
    struct err err;
    (void)state;
    unlink(JOURNAL);
    make_corpus(NULL);
    assert_ok(count_open(&job, &o, &err));
    assert_status(count_open(&other, &o, &err), STATUS_IO);
    assert_non_null(strstr(err.msg, "another run"));
    o.resume = false;
    assert_status(count_open(&other, &o, &err), STATUS_IO);
    count_free(job);
    assert_ok(count_open(&job, &o, &err));
    count_free(job);
}

/* The edges found in two passes are those of the sorted list of all values. */
static void edges_are_the_tertiles_of_the_corpus(void **state)
{
    struct count_options o = copies_options();
    struct rng rng = rng_seed(5);
    struct count_job *job;
    struct err err;
    static float all[2 * COPIES * 90];
    size_t n = 0;
    double edges[2];
    (void)state;
    FILE *f = fopen(DIR "/f0.json", "w");
    assert_non_null(f);
    fputs("{\"other\": [1000.5]", f);
    for (int i = 0; i < 2 * COPIES; i++) {
        fprintf(f, ",\n\"%s-%d\": [0", i % 2 ? "9002" : "9001", i);
        for (int t = 0; t < 89; t++) {
            float v = rng_below(&rng, 3) ? (float)(60 + 340 * rng_uniform(&rng)) : 0;
            fprintf(f, ", %.9g", (double)v);
            all[n++] = v;
        }
        fputs("]", f);
    }
    fputs("}", f);
    fclose(f);
    unlink(JOURNAL);
    make_corpus(NULL);
    o.corpus.pitch = DIR "/f0.json";
    o.corpus.by = 1 << CORPUS_PITCH;
    assert_ok(count_open(&job, &o, &err));
    assert_true(pitch_tertiles(all, n, edges));
    const char *text = count_pitch_edges(job), *comma = strchr(text, ',');
    assert_true(comma && strtod(text, NULL) == edges[0] && strtod(comma + 1, NULL) == edges[1]);
    count_free(job);
}

static int make_folder(void **state)
{
    (void)state;
    paths = reference_options();
    return system("rm -rf " DIR " && mkdir " DIR);
}

static int remove_folder(void **state)
{
    (void)state;
    return system("rm -rf " DIR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_the_published_program),
        cmocka_unit_test(the_original_checkpoint_counts_alike),
        cmocka_unit_test(every_frame_is_counted_as_in_the_paper),
        cmocka_unit_test(threads_do_not_change_a_byte),
        cmocka_unit_test(an_interrupted_job_goes_on_to_the_same_bytes),
        cmocka_unit_test(a_journal_of_another_job_is_refused_by_name),
        cmocka_unit_test(damaged_journals_are_refused),
        cmocka_unit_test(forged_journals_do_no_harm),
        cmocka_unit_test(two_runs_with_one_output_are_not_let_in),
        cmocka_unit_test(edges_are_the_tertiles_of_the_corpus),
        cmocka_unit_test(inputs_that_do_not_belong_together_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
