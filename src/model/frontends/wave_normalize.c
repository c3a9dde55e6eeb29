/*
 * Whether recordings are normalised to zero mean and unit variance before the convolutional front
 * end, and where that is stated.
 */
#include "config.h"

#include "base/number.h"
#include "formats/lines.h"
#include "model/frontends/wave.h"

#include <stdio.h>
#include <string.h>

/* The one rate at which these models were trained. */
#define RATE 16000

/* The task that the model was trained for: its configuration says how recordings are read. */
static const json_t *normalize_task_of(const struct checkpoint *c, const char **where)
{
    const json_t *cfg = json_object_get(c->config, "cfg"), *task;
    switch (c->layout) {
    case CHECKPOINT_S3PRL: *where = "task_cfg"; return json_object_get(c->config, "task_cfg");
    case CHECKPOINT_WAVLM: *where = "cfg"; return cfg;
    case CHECKPOINT_FAIRSEQ:
        *where = "cfg.task";
        task = json_object_get(cfg, "task");
        if (json_is_object(task))
            return task;
        *where = "args";
        return json_object_get(c->config, "args");
    default:
        *where = c->preprocessor_from ? c->preprocessor_from : "preprocessor_config.json";
        return c->preprocessor;
    }
}

static enum status normalize_check_rate(const json_t *task, const char *where, const char *key,
                                        struct err *err)
{
    const json_t *v = json_object_get(task, key);
    const char *text = json_string_value(v);
    double rate = json_number_value(v);
    if (text && !span_number((struct span){text, strlen(text)}, &rate))
        rate = 0;
    if ((!text && !json_is_number(v)) || rate == RATE)
        return STATUS_OK;
    return err_set(err, STATUS_UNSUPPORTED, "%s: %s %s: only models of %d Hz can be run", where,
                   key, text ? text : number_short(rate, 6).text, RATE);
}

#define WAVEFORMS "Wav2Vec2FeatureExtractor"

/* Whether TASK is of the class that normalises unless it is told otherwise. */
static bool extractor_is_named(const json_t *task)
{
    const char *type = json_string_value(json_object_get(task, "feature_extractor_type"));
    return type && strcmp(type, WAVEFORMS) == 0;
}

/* What TASK says of reading recordings must be of waveforms, and in the types that transformers
 * writes: to Python the text "false" is true. */
static enum status extractor_check(const json_t *task, const char *where, const char *key,
                                   struct err *err)
{
    static const char *const spectral[] = {"Whisper", "Speech2Text", "SeamlessM4T", "ASTFeature"};
    const char *type = json_string_value(json_object_get(task, "feature_extractor_type"));
    const json_t *size = json_object_get(task, "feature_size"), *v = json_object_get(task, key);
    bool bands = json_is_number(size) && json_number_value(size) != 1;
    for (size_t i = 0; type && i < sizeof spectral / sizeof *spectral; i++)
        bands |= strncmp(type, spectral[i], strlen(spectral[i])) == 0;
    if (json_is_string(v))
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: %s is the text \"%.20s\", neither true nor false (--normalize yes|no)",
                       where, key, json_string_value(v));
    if (json_is_array(v) || json_is_object(v))
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: %s is neither true nor false (--normalize yes|no)", where, key);
    if (bands || (type && strcmp(type, WAVEFORMS) != 0 && !json_is_boolean(v)))
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: of %.60s%s, not of waveforms (" WAVEFORMS
                       "): another model's file? (--normalize yes|no goes without it)",
                       where, type ? type : "features", bands ? " in several bands" : "");
    return STATUS_OK;
}

/* "KEY of WHERE", which the model keeps. */
static enum status normalize_note(struct model *m, const char *key, const char *where,
                                  struct err *err)
{
    char text[96];
    snprintf(text, sizeof text, "%s of %s", key, where);
    char *kept = arena_zeros(&m->memory, strlen(text) + 1, 1);
    if (!kept)
        return err_nomem(err);
    m->info.normalize_from = strcpy(kept, text);
    return STATUS_OK;
}

enum status wave_read_normalize(struct model *m, const struct binder *b, const struct checkpoint *c,
                                const struct model_options *o, struct err *err)
{
    struct wave *w = m->front;
    const char *where, *key = "normalize";
    const json_t *task = normalize_task_of(c, &where), *v = json_object_get(task, key);
    bool given = o && o->normalize != MODEL_NORMALIZE_AS_TRAINED;
    enum status code = normalize_check_rate(task, where, "sample_rate", err);
    if (!code)
        code = normalize_check_rate(task, where, "sampling_rate", err);
    if (!v)
        v = json_object_get(task, key = "do_normalize");
    if (!code && !given)
        code = extractor_check(task, where, key, err);
    if (code) {
        err_prefix(err, "%s", c->path);
        return code;
    }
    if (given) {
        w->normalize = o->normalize == MODEL_NORMALIZE_YES;
        m->info.normalize_from = "--normalize";
    } else if (json_is_boolean(v) || (task == c->preprocessor && v)) {
        /* transformers asks Python, to which null and 0 are false. */
        w->normalize = json_is_true(v) || json_number_value(v) != 0;
        code = normalize_note(m, key, where, err);
    } else if (task && task == c->preprocessor && extractor_is_named(task)) {
        w->normalize = true;
        code = normalize_note(m, "the default", where, err);
    } else if (c->layout == CHECKPOINT_DISTILLER) {
        m->info.normalize_from = "never normalised in training";
    } else {
        /* The released models whose convolutions have layer norms were trained so, others not. */
        w->normalize = w->norm == CONV_NORM_EACH;
        m->info.normalize_from = "assumed: not given in the configuration";
    }
    w->epsilon = b->spelling->epsilon;
    m->info.normalize = w->normalize;
    m->info.normalize_epsilon = w->epsilon;
    return code;
}
