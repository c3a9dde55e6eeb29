#include "config.h"

#include "unit.h"

#include "corpus/align.h"
#include "formats/labels/labels.h"
#include "base/mem.h"
#include "corpus/phones.h"
#include "corpus/pitchfile.h"
#include "formats/tensors/safetensors.h"
#include "corpus/speakers.h"

#define LABELS      41
#define MAX_PHONES  64
#define COUNTING(f) data_path("counting/g_melhubert_20ms/" f)

/* What aligning the two recordings of the golden counts needs. */
struct golden {
    struct labels *labels;
    struct pitchfile *pitch;
    struct speakers speakers;
    struct phones phones;
    struct tensors counts;
};

static const struct recording {
    const char *utterance;
    size_t frames; /* of the 20 ms model */
} recordings[] = {{"9001-100001-0000", 93}, {"9002-100001-0000", 82}};

/* As the published program has it. */
static const char *gender_of(const struct speakers *s, const char *utterance)
{
    char speaker[SPEAKER_MAX];
    uint32_t row;
    struct err err;
    assert_ok(speakers_match(s, utterance, utterance, speaker, &row, &err));
    return speakers_gender(s, row, speaker, true);
}

static int open_golden(void **state)
{
    struct err err;
    static struct golden g;
    const struct labels_options o = {.label_table = data_path("info/label-merge.json")};
    assert_ok(labels_open(&g.labels, COUNTING("framewise-phone-20ms.json"), &o, &err));
    assert_ok(pitchfile_open(&g.pitch, COUNTING("pitch-discrete.json"), FOLDER_FIRST_DOT, &err));
    assert_ok(speakers_open(&g.speakers, COUNTING("spk-gender.json"), &err));
    assert_ok(phones_open(&g.phones, source_path("data/phones/arpabet.tsv"), &err));
    assert_ok(safetensors_open(&g.counts, COUNTING("counts.safetensors"), &err));
    *state = &g;
    return 0;
}

static int close_golden(void **state)
{
    struct golden *g = *state;
    labels_free(g->labels);
    pitchfile_free(g->pitch);
    speakers_free(&g->speakers);
    phones_free(&g->phones);
    tensors_free(&g->counts);
    return 0;
}

static struct align_options options_of(const struct golden *g, enum counts_frames frames)
{
    return (struct align_options){
        frame_grid_midpoints(0.02), frames, ALIGN_PITCH_FRONT, {0, 0}, &g->phones};
}

static void align_one(const struct golden *g, const struct recording *r,
                      const struct align_options *o, struct alignment *a)
{
    struct utterance_labels labels;
    struct pitch_track pitch;
    struct err err;
    assert_ok(labels_get(g->labels, r->utterance, &labels, &err));
    assert_ok(pitchfile_get(g->pitch, r->utterance, &pitch, &err));
    assert_ok(align_utterance(a, &labels, &pitch, r->frames, o, &err));
    utterance_labels_free(&labels);
    pitch_track_free(&pitch);
}

/* Row of a phone in the golden tables: its index in the label table. */
static int label_row(const char *phone)
{
    static const char *const rows[LABELS] = {
        "",  "AA", "AE", "AH", "AO", "AW", "AY", "B",  "CH", "D", "DH", "EH", "ER",  "EY",
        "F", "G",  "HH", "IH", "IY", "JH", "K",  "L",  "M",  "N", "NG", "OW", "spn", "OY",
        "P", "R",  "S",  "SH", "T",  "TH", "UH", "UW", "V",  "W", "Y",  "Z",  "ZH",
    };
    for (int i = 0; i < LABELS; i++)
        if (strcmp(rows[i], phone) == 0)
            return i;
    fail_msg("no row of %s", phone);
    return -1;
}

/* Frames of each row of CONDITION, as the alignment makes them, against VARIANT's table. */
static void compare(const struct golden *g, const char *variant, const char *condition,
                    enum counts_frames frames)
{
    int64_t wanted[3 * LABELS], got[3 * LABELS] = {0};
    char name[64];
    struct err err;
    snprintf(name, sizeof name, "%s/%s/frames", variant, condition);
    const struct tensor *t = tensors_find(&g->counts, name);
    assert_non_null(t);
    assert_true(t->count <= 3 * LABELS);
    assert_ok(tensor_to_i64(t, wanted, &err));
    for (size_t r = 0; r < 2; r++) {
        struct alignment a;
        struct align_options o = options_of(g, frames);
        const char *gender = gender_of(&g->speakers, recordings[r].utterance);
        align_one(g, &recordings[r], &o, &a);
        for (size_t i = 0; i < a.count; i++) {
            int group = strcmp(condition, "gender") == 0  ? strcmp(gender, "male") != 0
                        : strcmp(condition, "pitch") == 0 ? a.frame[i].pitch
                                                          : 0;
            if (group >= 0)
                got[group * LABELS + label_row(a.phone.name[a.frame[i].phone])]++;
        }
        alignment_free(&a);
    }
    for (size_t i = 0; i < t->count; i++)
        if (got[i] != wanted[i])
            fail_msg("%s row %zu: %d frames, not %d", name, i, (int)got[i], (int)wanted[i]);
}

static void frames_are_those_of_the_published_program(void **state)
{
    compare(*state, "code", "phone-type", COUNTS_FRAMES_AUTHORS);
    compare(*state, "code", "gender", COUNTS_FRAMES_AUTHORS);
    compare(*state, "code", "pitch", COUNTS_FRAMES_AUTHORS);
}

static void frames_are_those_of_the_paper(void **state)
{
    compare(*state, "paper", "phone-type", COUNTS_FRAMES_ALL);
    compare(*state, "paper", "gender", COUNTS_FRAMES_ALL);
    compare(*state, "paper", "pitch", COUNTS_FRAMES_ALL);
}

static void surplus_labels_are_counted(void **state)
{
    struct alignment a;
    struct align_options o = options_of(*state, COUNTS_FRAMES_ALL);
    align_one(*state, &recordings[0], &o, &a);
    assert_int_equal(a.surplus, 1);
    assert_int_equal(a.pitch_gap, 2);
    assert_int_equal(a.unlabelled, 0);
    assert_int_equal(a.unknown, 0);
    assert_int_equal(a.count, 93);
    alignment_free(&a);
}

/* Middle frames with the last segment kept: one more an utterance than the published program
 * takes, and otherwise the same. */
static void middle_frames_keep_the_last_segment(void **state)
{
    for (size_t r = 0; r < 2; r++) {
        struct alignment mid, authors;
        struct align_options o = options_of(*state, COUNTS_FRAMES_MID);
        align_one(*state, &recordings[r], &o, &mid);
        o.frames = COUNTS_FRAMES_AUTHORS;
        align_one(*state, &recordings[r], &o, &authors);
        assert_int_equal(mid.count, authors.count + 1);
        for (size_t i = 0; i < authors.count; i++)
            assert_int_equal(mid.frame[i].frame, authors.frame[i].frame);
        alignment_free(&mid);
        alignment_free(&authors);
    }
}

/* Labels and pitch made by hand. */
static struct utterance_labels list_of(const char *text)
{
    struct utterance_labels u = {.name = NAMES_INIT, .count = strlen(text)};
    u.frame = mem_array(u.count, sizeof *u.frame);
    for (size_t i = 0; i < u.count; i++)
        u.frame[i] = (int32_t)names_add(&u.name, (char[]){text[i], '\0'});
    return u;
}

static struct pitch_track classes_of(const char *text)
{
    struct pitch_track p = {.kind = PITCH_CLASSES, .count = strlen(text)};
    p.cls = mem_array(p.count, 1);
    for (size_t i = 0; i < p.count; i++)
        p.cls[i] = (int8_t)(text[i] == '.' ? PITCH_NONE : text[i] - '0');
    return p;
}

/* The alignment as text: "frame:phone pitch," ... */
static const char *shown(const struct alignment *a)
{
    static char text[512];
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < a->count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%u:%s %c,", a->frame[i].frame,
                               a->phone.name[a->frame[i].phone],
                               a->frame[i].pitch < 0 ? '.' : '0' + a->frame[i].pitch);
    return text;
}

static void expect(const struct golden *g, const char *labels, const char *pitch, size_t frames,
                   enum counts_frames mode, enum align_pitch pad, const char *wanted)
{
    struct utterance_labels u = list_of(labels);
    struct pitch_track p = classes_of(pitch);
    struct align_options o = options_of(g, mode);
    struct alignment a;
    struct err err;
    o.pitch = pad;
    assert_ok(align_utterance(&a, &u, &p, frames, &o, &err));
    assert_string_equal(shown(&a), wanted);
    alignment_free(&a);
    utterance_labels_free(&u);
    pitch_track_free(&p);
}

static void segments_are_runs_of_equal_labels(void **state)
{
    const char *none = "......";
    expect(*state, "PPBBBS", none, 6, COUNTS_FRAMES_MID, ALIGN_PITCH_FRONT, "0:P .,3:B .,5:S .,");
    expect(*state, "PPBBBS", none, 6, COUNTS_FRAMES_AUTHORS, ALIGN_PITCH_FRONT, "0:P .,3:B .,");
    /* A label beyond the model's frames ends the run before it all the same. */
    expect(*state, "PPBBBS", none, 5, COUNTS_FRAMES_AUTHORS, ALIGN_PITCH_FRONT, "0:P .,3:B .,");
    expect(*state, "PPBBBS", none, 5, COUNTS_FRAMES_MID, ALIGN_PITCH_FRONT, "0:P .,3:B .,");
    expect(*state, "PPBBBB", none, 6, COUNTS_FRAMES_AUTHORS, ALIGN_PITCH_FRONT, "0:P .,");
    expect(*state, "PPPPPP", none, 6, COUNTS_FRAMES_AUTHORS, ALIGN_PITCH_FRONT, "");
    expect(*state, "PPBB", "....", 9, COUNTS_FRAMES_ALL, ALIGN_PITCH_FRONT,
           "0:P .,1:P .,2:B .,3:B .,");
}

static void missing_pitch_goes_half_or_all_in_front(void **state)
{
    expect(*state, "BBBB", "012", 4, COUNTS_FRAMES_ALL, ALIGN_PITCH_FRONT,
           "0:B .,1:B 0,2:B 1,3:B 2,");
    expect(*state, "BBBB", "012", 4, COUNTS_FRAMES_ALL, ALIGN_PITCH_CENTRED,
           "0:B 0,1:B 1,2:B 2,3:B .,");
    expect(*state, "BBBB", "01", 4, COUNTS_FRAMES_ALL, ALIGN_PITCH_CENTRED,
           "0:B .,1:B 0,2:B 1,3:B .,");
    expect(*state, "BBBBBB", "2", 6, COUNTS_FRAMES_ALL, ALIGN_PITCH_CENTRED,
           "0:B .,1:B .,2:B 2,3:B .,4:B .,5:B .,");
    expect(*state, "BB", "0120", 2, COUNTS_FRAMES_ALL, ALIGN_PITCH_CENTRED, "0:B 1,1:B 2,");
}

static void a_pitch_list_too_long_is_refused_as_published(void **state)
{
    struct utterance_labels u = list_of("BB");
    struct pitch_track p = classes_of("000");
    struct align_options o = options_of(*state, COUNTS_FRAMES_AUTHORS);
    struct alignment a;
    struct err err;
    assert_status(align_utterance(&a, &u, &p, 2, &o, &err), STATUS_MISMATCH);
    utterance_labels_free(&u);
    pitch_track_free(&p);
}

/* Intervals PHONE end, PHONE end, ... from 0 on. */
static struct utterance_labels intervals_of(const char *phones, const double *end)
{
    struct utterance_labels u = {.name = NAMES_INIT, .count = strlen(phones)};
    u.interval = mem_array(u.count, sizeof *u.interval);
    for (size_t i = 0; i < u.count; i++)
        u.interval[i] = (struct label_interval){i ? end[i - 1] : 0, end[i],
                                                names_add(&u.name, (char[]){phones[i], '\0'})};
    return u;
}

static void time_labels_are_taken_at_the_frames_middle(void **state)
{
    /* Boundaries on frame points belong to what begins there: 0.03 is the middle of frame 1. */
    struct utterance_labels u = intervals_of("PBBS", (const double[]){0.03, 0.08, 0.081, 0.12});
    struct align_options o = options_of(*state, COUNTS_FRAMES_ALL);
    struct alignment a;
    struct err err;
    assert_ok(align_utterance(&a, &u, NULL, 7, &o, &err));
    assert_string_equal(shown(&a), "0:P .,1:B .,2:B .,3:B .,4:S .,5:S .,");
    assert_int_equal(a.unlabelled, 1);
    assert_int_equal(a.short_segments, 1);
    alignment_free(&a);
    o.frames = COUNTS_FRAMES_MID;
    assert_ok(align_utterance(&a, &u, NULL, 7, &o, &err));
    assert_string_equal(shown(&a), "0:P .,2:B .,4:S .,");
    alignment_free(&a);
    /* Matched at the centre of MelHuBERT's window instead. */
    o.frames = COUNTS_FRAMES_ALL;
    o.grid.first = 0.0175;
    assert_ok(align_utterance(&a, &u, NULL, 7, &o, &err));
    assert_string_equal(shown(&a), "0:P .,1:B .,2:B .,3:B .,4:S .,5:S .,");
    alignment_free(&a);
    utterance_labels_free(&u);
}

static void equal_neighbours_in_time_stay_apart(void **state)
{
    struct utterance_labels u = intervals_of("BBP", (const double[]){0.06, 0.12, 0.18});
    struct align_options o = options_of(*state, COUNTS_FRAMES_MID);
    struct alignment a;
    struct err err;
    assert_ok(align_utterance(&a, &u, NULL, 9, &o, &err));
    assert_string_equal(shown(&a), "1:B .,4:B .,7:P .,");
    alignment_free(&a);
    o.frames = COUNTS_FRAMES_AUTHORS;
    assert_ok(align_utterance(&a, &u, NULL, 9, &o, &err));
    assert_string_equal(shown(&a), "2:B .,");
    alignment_free(&a);
    utterance_labels_free(&u);
}

static void stress_ends_no_run_of_the_published_program(void **state)
{
    struct utterance_labels u = intervals_of("123", (const double[]){0.06, 0.12, 0.18});
    struct align_options o = options_of(*state, COUNTS_FRAMES_AUTHORS);
    struct alignment a;
    struct err err;
    static const char *const label[] = {"AH0", "AH1", "S"};
    names_free(&u.name);
    for (int i = 0; i < 3; i++)
        names_add(&u.name, label[i]);
    assert_ok(align_utterance(&a, &u, NULL, 9, &o, &err));
    assert_string_equal(shown(&a), "2:AH .,");
    alignment_free(&a);
    o.frames = COUNTS_FRAMES_MID;
    assert_ok(align_utterance(&a, &u, NULL, 9, &o, &err));
    assert_string_equal(shown(&a), "1:AH .,4:AH .,7:S .,");
    alignment_free(&a);
    utterance_labels_free(&u);
}

static void holes_have_no_label(void **state)
{
    struct utterance_labels u = intervals_of("PBP", (const double[]){0.06, 0.12, 0.18});
    struct align_options o = options_of(*state, COUNTS_FRAMES_MID);
    struct alignment a;
    struct err err;
    u.interval[1].start = 0.10;
    assert_ok(align_utterance(&a, &u, NULL, 9, &o, &err));
    assert_string_equal(shown(&a), "1:P .,5:B .,7:P .,");
    assert_int_equal(a.unlabelled, 2);
    alignment_free(&a);
    utterance_labels_free(&u);
}

static void timed_pitch_is_the_nearest_in_time(void **state)
{
    struct utterance_labels u = list_of("BBBBBB");
    double time[] = {0.0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.097};
    float f0[] = {0, 0, 100, 0, 0, 0, 150, 0, 300};
    struct pitch_track p = {.kind = PITCH_F0_TIMED, .count = 9, .f0 = f0, .time = time};
    struct align_options o = options_of(*state, COUNTS_FRAMES_ALL);
    struct alignment a;
    struct err err;
    o.pitch_edges[0] = 129.03;
    o.pitch_edges[1] = 179.78;
    assert_ok(align_utterance(&a, &u, &p, 6, &o, &err));
    assert_string_equal(shown(&a), "0:B 0,1:B 1,2:B .,3:B .,4:B 2,5:B .,");
    alignment_free(&a);
    utterance_labels_free(&u);
}

/* Boundaries written with two decimals fall on frame points, in binary now before and now behind
 * them; lists by frame have one label a frame however long they are. */
static void points_are_exact_for_long_recordings(void **state)
{
    enum { FRAMES = 20000 };
    struct utterance_labels u = {.name = NAMES_INIT, .count = 2}, list;
    struct align_options o = options_of(*state, COUNTS_FRAMES_ALL);
    struct alignment a;
    struct err err;
    char time[16], *labels = mem_array(FRAMES + 1, 1);
    names_add(&u.name, "P");
    names_add(&u.name, "B");
    u.interval = mem_array(2, sizeof *u.interval);
    for (unsigned t = 1; t < 600; t++) {
        snprintf(time, sizeof time, "%u.%02u", (2 * t + 1) / 100, (2 * t + 1) % 100);
        double boundary = strtod(time, NULL);
        u.interval[0] = (struct label_interval){0, boundary, 0};
        u.interval[1] = (struct label_interval){boundary, 13, 1};
        assert_ok(align_utterance(&a, &u, NULL, t + 2, &o, &err));
        assert_string_equal(a.phone.name[a.frame[t - 1].phone], "P");
        assert_string_equal(a.phone.name[a.frame[t].phone], "B");
        alignment_free(&a);
    }
    utterance_labels_free(&u);
    for (size_t t = 0; t < FRAMES; t++)
        labels[t] = "PBS"[t % 3];
    labels[FRAMES] = '\0';
    list = list_of(labels);
    assert_ok(align_utterance(&a, &list, NULL, FRAMES, &o, &err));
    assert_int_equal(a.count, FRAMES);
    assert_int_equal(a.surplus, 0);
    for (size_t t = 0; t < FRAMES; t++)
        assert_int_equal(a.phone.name[a.frame[t].phone][0], labels[t]);
    alignment_free(&a);
    utterance_labels_free(&list);
    free(labels);
}

static void a_10_ms_model_takes_each_20_ms_label_twice(void **state)
{
    struct utterance_labels u = list_of("PBS");
    struct align_options o = options_of(*state, COUNTS_FRAMES_ALL);
    struct alignment a;
    struct err err;
    o.grid = frame_grid_midpoints(0.01);
    assert_ok(align_utterance(&a, &u, NULL, 5, &o, &err));
    assert_string_equal(shown(&a), "0:P .,1:P .,2:B .,3:B .,4:S .,");
    assert_int_equal(a.surplus, 0);
    alignment_free(&a);
    o.frames = COUNTS_FRAMES_AUTHORS;
    assert_ok(align_utterance(&a, &u, NULL, 5, &o, &err));
    assert_string_equal(shown(&a), "0:P .,2:B .,");
    alignment_free(&a);
    utterance_labels_free(&u);
}

static void no_frames_and_no_labels_are_no_error(void **state)
{
    struct utterance_labels u = list_of("");
    struct align_options o = options_of(*state, COUNTS_FRAMES_AUTHORS);
    struct alignment a;
    struct err err;
    assert_ok(align_utterance(&a, &u, NULL, 3, &o, &err));
    assert_int_equal(a.count, 0);
    assert_int_equal(a.unlabelled, 3);
    alignment_free(&a);
    utterance_labels_free(&u);
    u = list_of("PBS");
    assert_ok(align_utterance(&a, &u, NULL, 0, &o, &err));
    assert_int_equal(a.count, 0);
    assert_int_equal(a.surplus, 3);
    alignment_free(&a);
    utterance_labels_free(&u);
}

static void unknown_labels_keep_their_names(void **state)
{
    struct utterance_labels u = list_of("BQ");
    struct align_options o = options_of(*state, COUNTS_FRAMES_ALL);
    struct alignment a;
    struct err err;
    assert_ok(align_utterance(&a, &u, NULL, 2, &o, &err));
    assert_string_equal(shown(&a), "0:B .,1:Q .,");
    assert_int_equal(a.unknown, 1);
    alignment_free(&a);
    utterance_labels_free(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_those_of_the_published_program),
        cmocka_unit_test(frames_are_those_of_the_paper),
        cmocka_unit_test(surplus_labels_are_counted),
        cmocka_unit_test(middle_frames_keep_the_last_segment),
        cmocka_unit_test(segments_are_runs_of_equal_labels),
        cmocka_unit_test(missing_pitch_goes_half_or_all_in_front),
        cmocka_unit_test(a_pitch_list_too_long_is_refused_as_published),
        cmocka_unit_test(time_labels_are_taken_at_the_frames_middle),
        cmocka_unit_test(equal_neighbours_in_time_stay_apart),
        cmocka_unit_test(stress_ends_no_run_of_the_published_program),
        cmocka_unit_test(holes_have_no_label),
        cmocka_unit_test(timed_pitch_is_the_nearest_in_time),
        cmocka_unit_test(points_are_exact_for_long_recordings),
        cmocka_unit_test(a_10_ms_model_takes_each_20_ms_label_twice),
        cmocka_unit_test(no_frames_and_no_labels_are_no_error),
        cmocka_unit_test(unknown_labels_keep_their_names),
    };
    return cmocka_run_group_tests(tests, open_golden, close_golden);
}
