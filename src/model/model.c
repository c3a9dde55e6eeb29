/*
 * A model from a checkpoint to its features: the family is found, its configuration read, weights
 * bound; a run goes through the front end and then the encoder.
 */
#include "config.h"

#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/internal.h"
#include "model/load/adapters.h"
#include "model/load/layout.h"

static const char *const stage_names[MODEL_STAGES] = {
    "fbank", "fbank_norm", "input", "conv", "feat", "pos", "hidden", "fc1", "final"};

/* Of the stages all families have. */
#define SHARED_STAGES                                                            \
    (MODEL_WANT(MODEL_FEAT) | MODEL_WANT(MODEL_HIDDEN) | MODEL_WANT(MODEL_FC1) | \
     MODEL_WANT(MODEL_FINAL))

bool model_normalize_parse(const char *text, enum model_normalize *out)
{
    bool yes = strcmp(text, "yes") == 0;
    if (!yes && strcmp(text, "no") != 0)
        return false;
    *out = yes ? MODEL_NORMALIZE_YES : MODEL_NORMALIZE_NO;
    return true;
}

/* In Hugging Face's cache, models--OWNER--NAME/snapshots/REVISION: NAME, to be freed; or NULL. */
static char *model_cache_name(const char *path)
{
    const char *end = strstr(path, "/snapshots/"), *start = end;
    while (start && start > path && start[-1] != '/')
        start--;
    if (!start || strncmp(start, "models--", 8) != 0)
        return NULL;
    for (const char *p = start; (p = strstr(p, "--")) && p < end; p += 2)
        start = p + 2;
    return start < end ? mem_strndup(start, (size_t)(end - start)) : NULL;
}

/* Last part of PATH without its extension; a folder called "hf" or "." says nothing, so what
 * holds it is named instead. */
static char *model_make_name(const char *path)
{
    char *cached = model_cache_name(path);
    if (cached)
        return cached;
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    if (end - start == 2 && strncmp(path + start, "hf", 2) == 0 && start > 1) {
        end = start - 1;
        start = end;
        while (start > 0 && path[start - 1] != '/')
            start--;
    }
    const char *dot = memrchr(path + start, '.', end - start);
    if (dot && dot > path + start)
        end = (size_t)(dot - path);
    return mem_strndup(path + start, end - start);
}

/* The checkpoint is of no family: says what it calls itself and which families there are. */
static enum status model_refuse_unknown(const struct checkpoint *c, struct err *err)
{
    bool beside = c->layout == CHECKPOINT_FOLDER || c->layout == CHECKPOINT_SAFETENSORS;
    const char *kind = layout_kind(c);
    char titles[256];
    if (beside && json_object_size(c->config) == 0)
        return err_set(err, STATUS_NOTFOUND,
                       "%s: the model's configuration is missing: config.json", c->path);
    family_titles(titles, sizeof titles);
    return err_set(err, STATUS_UNSUPPORTED, "%s: unsupported model (%s): %s are supported", c->path,
                   kind ? kind : checkpoint_layout_name(c->layout), titles);
}

enum status model_bind(struct model *m, struct binder *b, const json_t *settings,
                       const struct checkpoint *c, const struct model_options *options,
                       struct err *err)
{
    const struct family *f = m->family;
    enum status code = binder_spell(b, f->names, err);
    if (code)
        return code;
    m->front = mem_zeros(1, f->frontend->size);
    if (!m->front)
        return err_nomem(err);
    if ((code = family_check(f, err)) ||
        (code = f->config->read(m, &(struct settings){settings, f->config->keys}, err))) {
        err_prefix(err, "%s", c->path);
        return code;
    }
    code = f->frontend->bind(m, b, c, options, err);
    return code ? code : bind_encoder(b, err);
}

/* Where the configuration has no sizes, those of the family's base model did not fit: CODE. */
static enum status model_blame_defaults(const struct family *f, const json_t *settings,
                                        const char *path, enum status code, struct err *err)
{
    const struct settings s = {settings, f->config->keys};
    const char *key = "encoder_embed_dim", *layers = "encoder_layers";
    if (code == STATUS_NOMEM || code == STATUS_CANCELLED || config_get(&s, &key) ||
        config_get(&s, &layers))
        return code;
    return err_prefix(err,
                      "%s: the configuration has no sizes (hidden_size, num_hidden_layers), and "
                      "those of %s's base model do not fit",
                      path, f->title);
}

/* Family, weights and what is said of the model, from C. */
static enum status model_build(struct model *m, const struct checkpoint *c,
                               const struct model_options *options, struct err *err)
{
    const json_t *settings = NULL;
    enum status code = adapters_refuse(&c->tensors, c->path, err);
    if (code)
        return code;
    m->family = options && options->family ? options->family : family_find(c, &settings);
    if (m->family && !settings)
        settings = m->family->config->find(m->family, c);
    if (!m->family || !settings)
        return model_refuse_unknown(c, err);
    struct binder b = {.tensors = &c->tensors,
                       .model = m,
                       .path = c->path,
                       .cancel = options ? options->cancel : NULL,
                       .keep = options && options->keep_weights};
    if ((code = model_bind(m, &b, settings, c, options, err)) || (code = binder_finish(&b, err)))
        return model_blame_defaults(m->family, settings, c->path, code, err);
    const struct encoder *e = &m->encoder;
    m->info.name = m->name;
    m->info.family = m->family->name;
    m->info.layers = e->layers;
    m->info.width = e->width;
    m->info.embed = e->embed;
    m->info.heads = e->heads;
    m->info.frame_ms = m->info.hop / 16.0;
    m->info.width_lists = m->family->width_lists;
    m->info.fingerprint = b.hash;
    return STATUS_OK;
}

enum status model_from_checkpoint(struct model **out, struct checkpoint *checkpoint,
                                  const struct model_options *options, struct err *err)
{
    enum status code;
    struct model *m = mem_zeros(1, sizeof *m);
    if (m) {
        m->kn = kernels_get();
        m->memory = arena_make(SIZE_MAX);
        m->name = model_make_name(checkpoint->path);
    }
    code = m && m->name ? model_build(m, checkpoint, options, err) : err_nomem(err);
    /* Everything was converted and packed: the file is not needed any more. */
    checkpoint_free(checkpoint);
    if (code)
        model_free(m);
    else
        *out = m;
    return code;
}

enum status model_open(struct model **out, const char *path, const struct model_options *options,
                       struct err *err)
{
    struct checkpoint c;
    enum status code = checkpoint_open(&c, path, err);
    return code ? code : model_from_checkpoint(out, &c, options, err);
}

void model_close(struct model *m)
{
    if (m->front && m->family->frontend->close)
        m->family->frontend->close(m);
    free(m->front);
    free(m->weight);
    arena_free(&m->memory);
}

void model_free(struct model *m)
{
    if (!m)
        return;
    model_close(m);
    free(m->name);
    free(m);
}

const struct model_info *model_info(const struct model *m)
{
    return &m->info;
}

size_t model_frames(const struct model *m, size_t samples)
{
    return m->family->frontend->frames(m, samples);
}

const char *model_stage_name(enum model_stage stage)
{
    return stage_names[stage];
}

void model_stage_shape(const struct model *m, enum model_stage stage, size_t samples,
                       uint32_t *count, size_t *rows)
{
    uint32_t has = m->family->frontend->stages | SHARED_STAGES;
    if (m->encoder.pos.depth)
        has |= MODEL_WANT(MODEL_POS);
    if (!(has & MODEL_WANT(stage)))
        *count = 0;
    else
        *count = stage == MODEL_HIDDEN ? m->encoder.layers + 1
                 : stage == MODEL_FC1  ? m->encoder.layers
                                       : 1;
    *rows = m->family->frontend->stage_rows(m, stage, samples);
}

size_t model_stage_width(const struct model *m, enum model_stage stage, uint32_t index)
{
    if (m->family->frontend->stages & MODEL_WANT(stage))
        return m->family->frontend->stage_width(m, stage);
    return stage == MODEL_FC1 ? m->encoder.width[index] : m->encoder.embed;
}

struct model_scratch *model_scratch_new(void)
{
    return mem_zeros(1, sizeof(struct model_scratch));
}

void model_scratch_free(struct model_scratch *s)
{
    if (s)
        free(s->memory);
    free(s);
}

static enum status scratch_reserve(struct model_scratch *s, size_t floats, struct err *err)
{
    if (floats <= s->size)
        return STATUS_OK;
    free(s->memory);
    s->memory = mem_aligned(floats, sizeof *s->memory);
    s->size = s->memory ? floats : 0;
    return s->memory ? STATUS_OK : err_nomem(err);
}

/* What the encoder begins with, into X: features of the samples or the input, or a hidden state. */
static enum status model_begin(const struct model *m, const struct model_pass *p, size_t t,
                               float *x, float *work, const struct model_sink *sink,
                               struct err *err)
{
    if (!p->rows)
        return m->family->frontend->run(m, p, x, work, sink, err);
    if (p->stage == MODEL_INPUT)
        return m->family->frontend->project(m, p->rows, t, x, sink, err);
    memcpy(x, p->rows, t * m->encoder.embed * sizeof *x);
    return STATUS_OK;
}

enum status model_run(const struct model *m, struct model_scratch *s, const struct model_pass *pass,
                      const struct model_sink *sink, struct err *err)
{
    size_t t = pass->rows ? pass->frames : model_frames(m, pass->count);
    size_t hidden = scratch_round(t * m->encoder.embed);
    if (t == 0)
        return err_set(err, STATUS_USAGE, "%zu samples are too short for a frame of %u",
                       pass->count, m->info.window);
    /* The front end is done before the encoder starts, so they share memory. */
    size_t before = pass->rows ? 0 : m->family->frontend->scratch(m, pass->count);
    size_t after = encoder_scratch(m, t);
    enum status code = scratch_reserve(s, hidden + (before > after ? before : after), err);
    if (code)
        return code;
    float *x = s->memory, *work = s->memory + hidden;
    code = model_begin(m, pass, t, x, work, sink, err);
    return code ? code : encoder_run(m, pass, x, t, work, sink, err);
}

enum status model_forward(const struct model *m, struct model_scratch *s, const float *samples,
                          size_t n, const struct model_sink *sink, struct err *err)
{
    return model_run(m, s, &(struct model_pass){.samples = samples, .count = n}, sink, err);
}
