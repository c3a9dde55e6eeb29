/*
 * manifest.json: what was done to a model, written next to the edited one.
 */
#include "config.h"

#include "edit/manifest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/jsontext.h"
#include "model/load/model_parts.h"

bool manifest_from_torch(const struct edit_source *s)
{
    enum checkpoint_layout l = s->checkpoint.layout;
    return l == CHECKPOINT_FAIRSEQ || l == CHECKPOINT_S3PRL || l == CHECKPOINT_WAVLM ||
           l == CHECKPOINT_MELHUBERT || l == CHECKPOINT_DISTILLER || l == CHECKPOINT_TORCHAUDIO;
}

/*
 * The settings of a torch checkpoint alone, and first of all what kind of model they are of.  Names
 * and settings stay those of the original release; "model_type" would mean transformers' defaults
 * to the readers of all but MelHuBERT.
 */
static enum status torch_config(const struct edit_source *s, json_t **out, struct err *err)
{
    static const char *const kinds[] = {"model_type", "_name", "arch"};
    const char *family = "";
    const json_t *settings = model_settings(&s->checkpoint, &family);
    bool known = false;
    json_t *config = json_object();
    if (s->checkpoint.layout == CHECKPOINT_MELHUBERT)
        json_object_set_new(config, "model_type", json_string(family));
    else {
        for (int i = 0; i < 3; i++)
            known = known || json_is_string(json_object_get(settings, kinds[i]));
        if (!known)
            json_object_set_new(config, "_name", json_string(family));
    }
    if (!config || json_object_update(config, (json_t *)(uintptr_t)settings) != 0) {
        json_decref(config);
        return err_nomem(err);
    }
    *out = config;
    return STATUS_OK;
}

enum status manifest_config(const struct edit_source *s, json_t **out, struct err *err)
{
    if (manifest_from_torch(s))
        return torch_config(s, out, err);
    *out = json_incref(s->checkpoint.config);
    return STATUS_OK;
}

/*
 * Torch checkpoints say in their own configuration whether recordings are normalised; a folder's
 * reader looks for it in preprocessor_config.json.
 */
enum status manifest_preprocessor(const struct edit_source *s, json_t **out, struct err *err)
{
    const struct model_info *m = model_info(s->model);
    json_t *v = NULL;
    if (s->checkpoint.preprocessor)
        v = json_incref(s->checkpoint.preprocessor);
    else if (manifest_from_torch(s) && m->normalize_from)
        v = json_pack("{s:s, s:i, s:i, s:f, s:b}", "feature_extractor_type",
                      "Wav2Vec2FeatureExtractor", "feature_size", 1, "sampling_rate", 16000,
                      "padding_value", 0.0, "do_normalize", (int)m->normalize);
    else {
        *out = NULL;
        return STATUS_OK;
    }
    *out = v;
    return v ? STATUS_OK : err_nomem(err);
}

/* Last part of PATH. */
static json_t *base_name(const char *path)
{
    size_t end = strlen(path), start;
    while (end > 1 && path[end - 1] == '/')
        end--;
    for (start = end; start > 0 && path[start - 1] != '/'; start--)
        ;
    char *name = mem_strndup(path + start, end - start);
    json_t *v = name ? jsontext_string(name) : NULL;
    free(name);
    return v;
}

/* Fingerprints are 64 bits, more than JSON's numbers keep in most readers. */
static json_t *json_hex(uint64_t v)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%016" PRIx64, v);
    return json_string(digits);
}

static json_t *describe_source(const struct edit_source *s)
{
    const struct checkpoint *c = &s->checkpoint;
    const struct model_info *m = model_info(s->model);
    json_t *v = json_object();
    json_object_set_new(v, "name", base_name(c->path));
    json_object_set_new(v, "layout", json_string(checkpoint_layout_name(c->layout)));
    json_object_set_new(v, "family", json_string(m->family));
    json_object_set_new(v, "fingerprint", json_hex(m->fingerprint));
    return v;
}

static json_t *describe_layers(const struct edit_source *s, const struct neuron_set *sets)
{
    json_t *list = json_array();
    for (uint32_t l = 0; l < s->layers; l++)
        json_array_append_new(list,
                              json_pack("{s:i, s:i, s:i}", "layer", (int)l + 1, "neurons",
                                        (int)s->width[l], "edited", (int)neuron_set_size(sets, l)));
    return list;
}

enum status manifest_make(const struct edit_source *s, const struct edit_record *r, json_t **out,
                          struct err *err)
{
    json_t *v = json_object();
    json_object_set_new(v, "format", json_string("propneu-edit"));
    json_object_set_new(v, "version", json_integer(1));
    json_object_set_new(v, "created_by", json_string("propneu " PACKAGE_VERSION));
    json_object_set_new(v, "command", jsontext_string(r->command));
    json_object_set_new(v, "source", describe_source(s));
    if (r->set)
        json_object_set_new(v, "set", jsontext_string(r->set));
    if (r->counts)
        json_object_set_new(v, "counts", base_name(r->counts));
    if (r->select)
        json_object_set_new(v, "select", jsontext_string(r->select));
    if (r->size)
        json_object_set_new(v, "size", jsontext_string(r->size));
    json_object_set_new(v, "edit", json_deep_copy(r->edit));
    if (r->sets) {
        json_object_set_new(v, "edited", json_integer((json_int_t)neuron_set_total(r->sets)));
        json_object_set_new(v, "layers", describe_layers(s, r->sets));
    }
    if (!json_object_get(v, r->sets ? "layers" : "edit")) {
        json_decref(v);
        return err_nomem(err);
    }
    *out = v;
    return STATUS_OK;
}

/* 15 digits keep 0.1 as it is typed; 17 are needed by some numbers, and are never wrong. */
char *manifest_text(const json_t *v)
{
    const size_t order = JSON_INDENT(2);
    char *short_text = jsontext_dump(v, order | JSON_REAL_PRECISION(15));
    json_t *again = short_text ? json_loads(short_text, 0, NULL) : NULL;
    bool same = again && json_equal(again, v);
    json_decref(again);
    if (same)
        return short_text;
    free(short_text);
    return jsontext_dump(v, order | JSON_REAL_PRECISION(17));
}
