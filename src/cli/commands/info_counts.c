/*
 * What info says about a count file, and about the tokens beside one.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/commands/info.h"
#include "formats/tokenfile.h"
#include "base/mem.h"
#include "formats/jsontext.h"

/* The word of --frames, or of --compat. */
static const char *frames_name(enum counts_frames mode)
{
    return mode == COUNTS_FRAMES_MID ? "mid" : mode == COUNTS_FRAMES_AUTHORS ? "authors" : "all";
}

/* Adds KEY unless its text is unknown or empty. */
static void set_text(json_t *out, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(out, key, json_string(text));
}

/* What is known of speaker K, "-" where nothing is. */
static void info_counts_speaker(json_t *row, const struct counts *c, uint32_t k, uint32_t speakers)
{
    for (uint32_t i = 0; i < c->columns; i++) {
        const struct counts_column *column = &c->column[i];
        const char *value = k < speakers ? column->value[k] : "";
        if (!json_object_get(row, column->name))
            json_object_set_new(row, column->name, *value ? json_string(value) : json_null());
    }
}

/* The levels of factor F, with N [levels + 1] things called UNIT in each (UNIT NULL: not known),
 * those without a level last. */
static enum status add_levels(json_t *out, const struct counts *c, const struct counts_factor *f,
                              const char *unit, const int64_t *n, struct err *err)
{
    json_t *rows = json_array();
    if (!rows)
        return err_nomem(err);
    for (uint32_t k = 0; k <= f->levels; k++) {
        if (k == f->levels && !n[k])
            break;
        json_t *row = json_object();
        const char *name = k == f->levels ? "(none)" : *f->level[k] ? f->level[k] : "(sil)";
        json_object_set_new(row, f->name, json_string(name));
        if (unit)
            json_object_set_new(row, unit, json_integer(n[k]));
        if (strcmp(f->name, "speaker") == 0)
            info_counts_speaker(row, c, k, f->levels);
        json_array_append_new(rows, row);
    }
    json_object_set_new(out, f->name, rows);
    return STATUS_OK;
}

/* The levels of factor F with the frames of each. */
static enum status info_counts_levels(json_t *out, const struct counts *c,
                                      const struct counts_factor *f, struct err *err)
{
    int64_t *frames = mem_zeros((size_t)f->levels + 1, sizeof *frames);
    if (!frames)
        return err_nomem(err);
    for (uint32_t i = 0; i < c->cells; i++)
        frames[f->index[i] < 0 ? f->levels : (uint32_t)f->index[i]] += c->frames[i];
    enum status code =
        add_levels(out, c, f, counts_is_probability(c) ? NULL : "frames", frames, err);
    free(frames);
    return code;
}

/* Width and threshold of every layer: tau is how many neurons count as activated in a frame. */
static json_t *info_counts_layers(const struct counts *c)
{
    json_t *rows = json_array();
    for (uint32_t l = 0; l < c->layers; l++)
        json_array_append_new(rows, json_pack("{s:I, s:I, s:I}", "layer", (json_int_t)l + 1,
                                              "neurons", (json_int_t)c->layer[l].width, "tau",
                                              (json_int_t)c->layer[l].tau));
    return rows;
}

/* The lambdas there are counts at. */
static json_t *info_counts_lambdas(const struct counts *c)
{
    json_t *list = json_array();
    for (uint32_t k = 0; k < c->lambdas; k++)
        json_array_append_new(list, jsontext_real(c->lambda[k]));
    return list;
}

/* Model and settings. */
static void info_counts_settings(json_t *out, const struct counts *c)
{
    set_text(out, "model", c->model);
    set_text(out, "family", c->family);
    json_object_set_new(out, "lambda_percent", jsontext_real(c->lambda_percent));
    if (c->lambdas > 1)
        json_object_set_new(out, "lambdas_percent", info_counts_lambdas(c));
    set_text(out, "frames_counted", frames_name(c->frames_mode));
    set_text(out, "pitch_edges_hz", c->pitch_edges_hz);
}

/* Which recordings it is of. */
static void info_counts_recordings(json_t *out, const struct counts *c)
{
    json_object_set_new(out, "utterances", json_integer((json_int_t)c->utterances));
    if (c->shards.of) {
        set_text(out, "shard", c->shards.held);
        json_object_set_new(out, "shards", json_integer(c->shards.of));
        json_object_set_new(out, "corpus_utterances",
                            json_integer((json_int_t)c->shards.corpus_utterances));
    }
    json_object_set_new(out, "seconds", jsontext_real(c->seconds));
}

/* Imported probabilities have no frames, so whatever is a sum of frames is left out for them. */
enum status info_counts(json_t *out, const struct info_file *f, struct err *err)
{
    struct counts c;
    json_int_t frames = 0;
    enum status code = counts_open(&c, f->path, err);
    if (code)
        return code;
    bool probability = counts_is_probability(&c);
    if (probability)
        set_text(out, "kind", "activation probabilities");
    info_counts_settings(out, &c);
    if (!probability) {
        for (uint32_t i = 0; i < c.cells; i++)
            frames += c.frames[i];
        info_counts_recordings(out, &c);
        json_object_set_new(out, "frames", json_integer(frames));
    }
    set_text(out, "speaker_strata", c.strata);
    json_object_set_new(out, "cells", json_integer(c.cells));
    set_text(out, "created_by", c.created_by);
    set_text(out, "command", c.command);
    json_object_set_new(out, "layers", info_counts_layers(&c));
    for (uint32_t i = 0; i < c.factors && !code; i++)
        code = info_counts_levels(out, &c, &c.factor[i], err);
    counts_free(&c);
    return code;
}

/* The tokens under factor F; utterances are too many to be listed. */
static enum status info_tokens_levels(json_t *out, const struct tokens *t, uint32_t f,
                                      struct err *err)
{
    const struct counts_factor *factor = &t->about.factor[f];
    if (strcmp(factor->name, "utterance") == 0)
        return STATUS_OK;
    int64_t *n = mem_zeros((size_t)factor->levels + 1, sizeof *n);
    if (!n)
        return err_nomem(err);
    for (uint32_t i = 0; i < t->count; i++) {
        int32_t level = tokens_level(t, f, i);
        n[level < 0 ? factor->levels : (uint32_t)level]++;
    }
    enum status code = add_levels(out, &t->about, factor, "tokens", n, err);
    free(n);
    return code;
}

enum status info_tokens(json_t *out, const struct info_file *f, struct err *err)
{
    struct tokens t;
    enum status code = tokens_open(&t, f->path, err);
    if (code)
        return code;
    info_counts_settings(out, &t.about);
    info_counts_recordings(out, &t.about);
    json_object_set_new(out, "tokens", json_integer(t.count));
    set_text(out, "created_by", t.about.created_by);
    set_text(out, "command", t.about.command);
    json_object_set_new(out, "layers", info_counts_layers(&t.about));
    for (uint32_t i = 0; i < t.about.factors && !code; i++)
        code = info_tokens_levels(out, &t, i, err);
    tokens_free(&t);
    return code;
}
