/*
 * What info says about label files, speaker tables, phone tables, pitch and lists of neurons.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/commands/info.h"
#include "formats/labels/framejson.h"
#include "formats/labels/label_format.h"
#include "formats/labels/labels.h"
#include "corpus/phones.h"
#include "corpus/pitchfile.h"
#include "formats/setfile.h"
#include "corpus/speakers.h"
#include "formats/jsontext.h"
#include "formats/labels/textgrid.h"

/* A list of neurons is read without its model: these bound what its numbers may be. */
#define MAX_LAYERS  1000
#define MAX_NEURONS (1 << 20)

static void set_count(json_t *out, const char *key, size_t n)
{
    json_object_set_new(out, key, json_integer((json_int_t)n));
}

static void set_text(json_t *out, const char *key, const char *text)
{
    json_object_set_new(out, key, json_string(text));
}

/* The words of T as an array; silence shows as "(sil)". */
static json_t *info_labels_words(const struct names *t)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < t->count; i++)
        json_array_append_new(array, json_string(*t->name[i] ? t->name[i] : "(sil)"));
    return array;
}

/* Each tier with the number of its intervals, and of those that have a label. */
enum status info_textgrid(json_t *out, const struct info_file *f, struct err *err)
{
    struct textgrid g;
    enum status code = textgrid_parse(&g, f->bytes, f->size, f->path, err);
    if (code)
        return code;
    json_t *tiers = json_array();
    json_object_set_new(out, "start", jsontext_real(g.start));
    json_object_set_new(out, "end", jsontext_real(g.end));
    for (size_t i = 0; i < g.tiers; i++) {
        const struct textgrid_tier *t = &g.tier[i];
        size_t labelled = 0;
        for (size_t k = 0; k < t->count; k++)
            labelled += *g.text.name[t->interval[k].name] != '\0';
        json_array_append_new(tiers,
                              json_pack("{s:s, s:s, s:I, s:I}", "tier", t->name, "holds",
                                        t->points ? "points" : "intervals", "intervals",
                                        (json_int_t)t->count, "labelled", (json_int_t)labelled));
    }
    json_object_set_new(out, "tiers", tiers);
    textgrid_free(&g);
    return STATUS_OK;
}

/* {"1": [...], "2": [...], ...}: what the published program writes of property neurons. */
static bool is_published_neurons(const struct framejson *f)
{
    for (uint32_t u = 0; u < f->utterance.count; u++) {
        char number[12];
        snprintf(number, sizeof number, "%u", u + 1);
        if (strcmp(f->utterance.name[u], number) != 0)
            return false;
    }
    return f->utterance.count > 0;
}

/* The number of property neurons in each layer. */
static void describe_neurons(json_t *out, const struct framejson *f)
{
    json_t *rows = json_array();
    for (uint32_t u = 0; u < f->utterance.count; u++)
        json_array_append_new(rows, json_pack("{s:I, s:I}", "layer", (json_int_t)u + 1, "neurons",
                                              (json_int_t)(f->start[u + 1] - f->start[u])));
    set_text(out, "kind", "neurons by layer");
    json_object_set_new(out, "layers", rows);
}

/* Lists by frame: labels, or classes of pitch, which alone have none at -1. */
static void describe_lists(json_t *out, const struct framejson *f)
{
    size_t n = f->start[f->utterance.count];
    int16_t low = 0, high = 0;
    for (size_t i = 0; i < n; i++) {
        low = f->index[i] < low ? f->index[i] : low;
        high = f->index[i] > high ? f->index[i] : high;
    }
    bool pitch = low < 0 || high < PITCH_LEVELS;
    set_text(out, "kind", pitch ? "frame-level pitch classes" : "frame-level phone labels");
    set_count(out, "utterances", f->utterance.count);
    set_count(out, "frames", n);
    json_object_set_new(out, "seconds", jsontext_real((double)n * LABELS_LIST_PERIOD));
    json_object_set_new(out, "lowest", json_integer(low));
    json_object_set_new(out, "highest", json_integer(high));
}

/* Fundamental frequencies; 0 is unvoiced. */
static void describe_f0(json_t *out, const struct framejson *f)
{
    size_t n = f->start[f->utterance.count], voiced = 0;
    for (size_t i = 0; i < n; i++)
        voiced += f->value[i] > 0;
    set_text(out, "kind", "F0 by frame");
    set_count(out, "utterances", f->utterance.count);
    set_count(out, "frames", n);
    set_count(out, "frames_with_pitch", voiced);
}

/* A label table as published: its phones in the order of their numbers. */
static enum status read_table(json_t *out, const struct info_file *f, struct err *err)
{
    struct label_table t;
    enum status code = label_table_parse(&t, f->bytes, f->size, f->path, err);
    if (code)
        return code;
    json_t *array = json_array();
    for (size_t i = 0; i < t.count; i++)
        if (t.label[i])
            json_array_append_new(array, json_string(*t.label[i] ? t.label[i] : "(sil)"));
    set_text(out, "kind", "label table");
    set_count(out, "count", json_array_size(array));
    json_object_set_new(out, "labels", array);
    label_table_free(&t);
    return STATUS_OK;
}

/* True if every list has two numbers, as in a label table. */
static bool all_pairs(const struct framejson *f)
{
    for (uint32_t u = 0; u < f->utterance.count; u++)
        if (f->start[u + 1] - f->start[u] != 2)
            return false;
    return f->utterance.count > 0;
}

/*
 * Lists of numbers by name.  {"AH": [3, 1207], ...} may be a label table, whose second numbers
 * are counts and may be of any size.
 */
static enum status read_lists(json_t *out, const struct info_file *f, struct err *err)
{
    static const struct framejson_range range = {PITCH_NONE, INT16_MAX, "number"};
    struct framejson lists;
    enum status code =
        framejson_parse(&lists, FRAMEJSON_INDEX, &range, f->bytes, f->size, f->path, err);
    if (!code) {
        if (is_published_neurons(&lists))
            describe_neurons(out, &lists);
        else if (!all_pairs(&lists) || read_table(out, f, NULL))
            describe_lists(out, &lists);
        framejson_free(&lists);
    } else if (!read_table(out, f, NULL)) {
        code = STATUS_OK;
    } else if (!framejson_parse(&lists, FRAMEJSON_F0, NULL, f->bytes, f->size, f->path, NULL)) {
        describe_f0(out, &lists);
        framejson_free(&lists);
        code = STATUS_OK;
    }
    return code;
}

/* The first byte of the first member's value, which distinguishes the kinds of JSON. */
static int first_value(const struct info_file *f)
{
    const unsigned char *colon = memchr(f->bytes, ':', f->size < 4096 ? f->size : 4096);
    size_t i = colon ? (size_t)(colon - f->bytes) + 1 : f->size;
    while (i < f->size && f->bytes[i] && strchr(" \t\r\n", f->bytes[i]))
        i++;
    return i < f->size ? f->bytes[i] : -1;
}

/*
 * The first value decides: text is speakers, a list is labels or pitch, a number is a label table.
 */
enum status info_json(json_t *out, const struct info_file *f, struct err *err)
{
    int first = first_value(f);
    const struct label_format *format = label_format_of_bytes(f->path, f->bytes, f->size);
    if (format && format->is) {
        set_text(out, "kind", "labels");
        return info_labels(out, f->path, err);
    }
    bool model = memmem(f->bytes, f->size, "\"model_type\"", 12) ||
                 memmem(f->bytes, f->size, "\"melhubert\"", 11);
    if (first == '"' && !model)
        return info_speakers(out, f, err);
    if (first != '[' && (model || !(first >= '0' && first <= '9')))
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: JSON without labels, pitch or speakers; for a model's configuration "
                       "give its folder or its weights",
                       f->path);
    return first == '[' ? read_lists(out, f, err) : read_table(out, f, err);
}

/* Only layers that have neurons are listed, as the model's depth is not known. */
enum status info_neurons(json_t *out, const struct info_file *f, struct err *err)
{
    static uint32_t width[MAX_LAYERS];
    struct neuron_set s;
    for (uint32_t i = 0; i < MAX_LAYERS; i++)
        width[i] = MAX_NEURONS;
    enum status code = setfile_read(&s, f->path, MAX_LAYERS, width, err);
    if (code)
        return code;
    json_t *rows = json_array();
    for (uint32_t l = 0; l < s.layers; l++)
        if (neuron_set_size(&s, l))
            json_array_append_new(rows, json_pack("{s:I, s:I}", "layer", (json_int_t)l + 1,
                                                  "neurons", (json_int_t)neuron_set_size(&s, l)));
    json_object_set_new(out, "layers", rows);
    neuron_set_free(&s);
    return STATUS_OK;
}

/* The phones of each class, and the number of further spellings that mean one of them. */
enum status info_phones(json_t *out, const struct info_file *f, struct err *err)
{
    struct phones p;
    enum status code = phones_parse(&p, f->bytes, f->size, f->path, err);
    if (code)
        return code;
    set_count(out, "phones", p.phone.count);
    if (p.label.count)
        set_count(out, "other labels", p.label.count);
    for (uint32_t k = 0; k < p.classes.count; k++) {
        json_t *array = json_array();
        for (uint32_t i = 0; i < p.phone.count; i++)
            if (p.phone_class[i] == k)
                json_array_append_new(array, json_string(p.phone.name[i]));
        json_object_set_new(out, p.classes.name[k], array);
    }
    phones_free(&p);
    return STATUS_OK;
}

/* How many speakers of each gender; "(none)": without one. */
enum status info_speakers(json_t *out, const struct info_file *f, struct err *err)
{
    struct speakers s;
    enum status code = speakers_parse(&s, f->bytes, f->size, f->path, err);
    if (code)
        return code;
    json_t *genders = json_object();
    for (uint32_t i = 0; i < s.speaker.count; i++) {
        const char *gender = speakers_gender(&s, i, s.speaker.name[i], false);
        const char *key = gender && *gender ? gender : "(none)";
        json_int_t n = json_integer_value(json_object_get(genders, key));
        json_object_set_new(genders, key, json_integer(n + 1));
    }
    set_text(out, "kind", "speakers");
    set_count(out, "speakers", s.speaker.count);
    json_object_update_missing(out, genders);
    json_decref(genders);
    speakers_free(&s);
    return STATUS_OK;
}

/* Reads every utterance, so that an error anywhere in the file is found. */
enum status info_pitch(json_t *out, const struct info_file *f, struct err *err)
{
    struct pitchfile *p;
    size_t values = 0, voiced = 0;
    enum status code = pitchfile_open(&p, f->path, FOLDER_FIRST_DOT, err);
    if (code)
        return code;
    size_t n = pitchfile_count(p);
    for (size_t i = 0; i < n && !code; i++) {
        struct pitch_track t;
        code = pitchfile_get(p, pitchfile_utterance(p, i), &t, err);
        if (code)
            break;
        values += t.count;
        for (size_t k = 0; k < t.count; k++)
            voiced += t.cls ? t.cls[k] >= 0 : t.f0[k] > 0;
        pitch_track_free(&t);
    }
    if (!code) {
        set_count(out, "utterances", n);
        set_count(out, "values", values);
        set_count(out, "values_with_pitch", voiced);
    }
    pitchfile_free(p);
    return code;
}

/* Reads every utterance, so that the set of labels is complete and any error is found. */
enum status info_labels(json_t *out, const char *path, struct err *err)
{
    struct labels *l;
    struct names seen = NAMES_INIT;
    size_t values = 0;
    enum status code = labels_open(&l, path, NULL, err);
    if (code)
        return code;
    bool timed = false;
    for (size_t i = 0; i < labels_count(l) && !code; i++) {
        struct utterance_labels u;
        code = labels_get(l, labels_utterance(l, i), &u, err);
        if (code)
            break;
        values += u.count;
        timed = u.interval != NULL;
        for (uint32_t k = 0; k < u.name.count && !code; k++)
            if (names_add(&seen, u.name.name[k]) == NAMES_NONE)
                code = err_nomem(err);
        utterance_labels_free(&u);
    }
    if (!code) {
        set_text(out, "format", labels_format(l));
        set_count(out, "utterances", labels_count(l));
        set_count(out, timed ? "intervals" : "frames", values);
        json_object_set_new(out, "labels", info_labels_words(&seen));
    }
    names_free(&seen);
    labels_free(l);
    return code;
}
