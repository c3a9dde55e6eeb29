/*
 * Tensors by the names of the original releases, whatever the file calls them: heads put a prefix
 * before the model's names, and Hugging Face has names of its own.
 */
#include "config.h"

#include "model/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* # is a number, the same on both sides; what ends in a dot goes on alike.  First match counts. */
static const char *const spelling[][2] = {
    {"mask_emb", "masked_spec_embed"},
    {"feature_extractor.conv_layers.#.0.", "feature_extractor.conv_layers.#.conv."},
    {"feature_extractor.conv_layers.#.2.1.", "feature_extractor.conv_layers.#.layer_norm."},
    {"feature_extractor.conv_layers.#.2.", "feature_extractor.conv_layers.#.layer_norm."},
    {"layer_norm.", "feature_projection.layer_norm."},
    {"post_extract_proj.", "feature_projection.projection."},
    {"encoder.pos_conv.#.0.", "encoder.pos_conv_embed.layers.#.conv."},
    {"encoder.pos_conv.0.", "encoder.pos_conv_embed.conv."},
    {"encoder.layers.#.self_attn.grep_linear.", "encoder.layers.#.attention.gru_rel_pos_linear."},
    {"encoder.layers.#.self_attn.grep_a", "encoder.layers.#.attention.gru_rel_pos_const"},
    {"encoder.layers.#.self_attn.relative_attention_bias.",
     "encoder.layers.#.attention.rel_attn_embed."},
    {"encoder.layers.#.self_attn.", "encoder.layers.#.attention."},
    {"encoder.layers.#.self_attn_layer_norm.", "encoder.layers.#.layer_norm."},
    {"encoder.layers.#.fc1.", "encoder.layers.#.feed_forward.intermediate_dense."},
    {"encoder.layers.#.fc2.", "encoder.layers.#.feed_forward.output_dense."},
};

/* Length of the digits that NAME begins with. */
static size_t digits(const char *name)
{
    return strspn(name, "0123456789");
}

/* If NAME fits PATTERN: where its number stands and the rest behind the pattern. */
static bool fits(const char *name, const char *pattern, const char **number, const char **rest)
{
    *number = "";
    for (; *pattern; pattern++)
        if (*pattern == '#') {
            *number = name;
            name += digits(name);
            if (name == *number)
                return false;
        } else if (*name++ != *pattern) {
            return false;
        }
    *rest = name;
    return *name == '\0' || pattern[-1] == '.';
}

/* The Hugging Face name of NATIVE. */
static void translate(const char *native, char out[MAX_TENSOR_NAME])
{
    const char *number, *rest;
    for (size_t i = 0; i < sizeof spelling / sizeof *spelling; i++) {
        if (!fits(native, spelling[i][0], &number, &rest))
            continue;
        const char *form = spelling[i][1];
        int before = (int)strcspn(form, "#");
        const char *after = form[before] ? form + before + 1 : "";
        snprintf(out, MAX_TENSOR_NAME, "%.*s%.*s%s%s", before, form,
                 *after ? (int)digits(number) : 0, number, after, rest);
        return;
    }
    snprintf(out, MAX_TENSOR_NAME, "%s", native);
}

/* True if NAME ends in END, as a whole or behind a dot. */
static bool ends_in(const char *name, const char *end, size_t *before)
{
    size_t n = strlen(name), k = strlen(end);
    *before = n - k;
    return n >= k && strcmp(name + n - k, end) == 0 && (n == k || name[n - k - 1] == '.');
}

/*
 * Every encoder has a norm of its own, under this name in both spellings: what stands before it is
 * the prefix ("wav2vec2.", "w2v_encoder.w2v_model.").
 */
enum status binder_spell(struct binder *b, struct err *err)
{
    const char *mark = NULL;
    char name[MAX_TENSOR_NAME];
    size_t length = 0;
    b->used = arena_zeros(&b->model->memory, b->tensors->count, sizeof *b->used);
    if (b->tensors->count && !b->used)
        return err_nomem(err);
    for (size_t i = 0; i < b->tensors->count; i++) {
        const char *here = b->tensors->tensor[i].name;
        size_t before;
        if (!ends_in(here, "encoder.layer_norm.weight", &before) || before >= sizeof b->prefix)
            continue;
        if (mark)
            return err_set(err, STATUS_UNSUPPORTED, "%s: two encoders in one file: %s and %s",
                           b->path, mark, here);
        mark = here;
        length = before;
    }
    if (mark)
        memcpy(b->prefix, mark, length);
    b->prefix[length] = '\0';
    snprintf(name, sizeof name, "%sencoder.layers.0.attention.q_proj.weight", b->prefix);
    b->hugging_face = tensors_find(b->tensors, name) != NULL;
    return STATUS_OK;
}

const struct tensor *binder_find(struct binder *b, const char *native,
                                 char spelled[MAX_TENSOR_NAME])
{
    char name[MAX_TENSOR_NAME];
    if (b->hugging_face)
        translate(native, name);
    else
        snprintf(name, sizeof name, "%s", native);
    int n = snprintf(spelled, MAX_TENSOR_NAME, "%s%s", b->prefix, name);
    const struct tensor *t = n < MAX_TENSOR_NAME ? tensors_find(b->tensors, spelled) : NULL;
    if (t)
        b->used[t - b->tensors->tensor] = true;
    return t;
}

/* True if a tensor of that name, behind the prefix, would take part in the computation. */
static bool takes_part(const struct binder *b, const char *name)
{
    static const char *const parts[] = {
        "encoder.",    "feature_extractor.", "feature_projection.", "post_extract_proj.",
        "layer_norm.", "input_quantizer.",   "project_inp."};
    size_t n = strlen("encoder.layers.");
    /* Layers that the configuration leaves out are not computed by anybody. */
    if (strncmp(name, "encoder.layers.", n) == 0 && digits(name + n) > 0 &&
        strtoul(name + n, NULL, 10) >= b->model->encoder.layers)
        return false;
    /* ContentVec's last norm, which hears the speaker, is behind such layers only. */
    if (strncmp(name, "encoder.cond_layer_norm.", strlen("encoder.cond_layer_norm.")) == 0)
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strncmp(name, parts[i], strlen(parts[i])) == 0)
            return true;
    return false;
}

enum status binder_finish(struct binder *b, struct err *err)
{
    struct model *m = b->model;
    size_t prefix = strlen(b->prefix), count = 0;
    for (size_t i = 0; i < b->tensors->count; i++)
        count += !b->used[i];
    const char **unused = arena_zeros(&m->memory, count + 1, sizeof *unused);
    if (!unused)
        return err_nomem(err);
    m->info.unused = unused;
    for (size_t i = 0; i < b->tensors->count; i++) {
        const char *name = b->tensors->tensor[i].name;
        if (b->used[i])
            continue;
        if (strncmp(name, b->prefix, prefix) == 0 && takes_part(b, name + prefix))
            return err_set(err, STATUS_UNSUPPORTED,
                           "%s: tensor %s has no place in the model that the configuration "
                           "describes",
                           b->path, name);
        char *kept = arena_zeros(&m->memory, strlen(name) + 1, 1);
        if (!kept)
            return err_nomem(err);
        unused[m->info.unused_count++] = strcpy(kept, name);
    }
    return STATUS_OK;
}
