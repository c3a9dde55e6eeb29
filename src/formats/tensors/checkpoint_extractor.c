/*
 * What the software around a model's weights says about reading recordings: whether they are
 * normalised, and their rate.  transformers has kept this in one file after the other; a folder may
 * have several, and the newest that speaks of it counts, as a whole: what it leaves out has the
 * default of the class that it names, not what an older file says.
 */
#include "config.h"

#include "formats/tensors/checkpoint_parts.h"

/* Newest first. */
static const struct {
    const char *file;
    const char *key; /* the object in it, NULL: all of it */
    bool other;      /* a file about other things, which may have do_normalize among them */
} extractor_places[] = {
    {"processor_config.json", "feature_extractor", false},
    {"processor_config.json", "audio_processor", false},
    {"preprocessor_config.json", NULL, false},
    {"feature_extractor_config.json", NULL, false},
    {"processor_config.json", NULL, true},
    {"tokenizer_config.json", NULL, true},
};

/* The object of place I in FILE, a new reference, or NULL. */
static json_t *extractor_take(size_t i, json_t *file)
{
    const char *key = extractor_places[i].key;
    json_t *v = key ? json_object_get(file, key) : file;
    json_t *normalize = json_object_get(v, "do_normalize");
    if (!extractor_places[i].other)
        return json_is_object(v) ? json_incref(v) : NULL;
    return json_is_boolean(normalize) ? json_pack("{s:O}", "do_normalize", normalize) : NULL;
}

enum status checkpoint_read_extractor(struct checkpoint *c, const char *folder, struct err *err)
{
    enum status code = STATUS_OK;
    for (size_t i = 0;
         !c->preprocessor && !code && i < sizeof extractor_places / sizeof *extractor_places; i++) {
        json_t *file;
        code = checkpoint_open_json(&file, folder, extractor_places[i].file, err);
        c->preprocessor = code ? NULL : extractor_take(i, file);
        c->preprocessor_from = extractor_places[i].file;
        json_decref(file);
    }
    json_t *normalize = json_object_get(c->config, "do_normalize");
    if (!c->preprocessor && !code && c->layout == CHECKPOINT_FOLDER && json_is_boolean(normalize)) {
        c->preprocessor = json_pack("{s:O}", "do_normalize", normalize);
        c->preprocessor_from = "config.json";
    }
    return code;
}
