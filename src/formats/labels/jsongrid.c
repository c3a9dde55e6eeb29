/*
 * TextGrids written as JSON, by the Montreal Forced Aligner's --output_format json and praatio:
 * tiers by name, {"tiers": {"phones": {"type": "interval", "entries": [[start, end, label],
 * ...]}}}, or in a list, {"tiers": [{"class": "IntervalTier", "name": "phones", "entries": ...}]}.
 */
#include "config.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "formats/jsontext.h"
#include "formats/labels/label_format.h"
#include "formats/labels/textgrid_values.h"

/* Tells them from the published lists by frame: the word stands before any entries. */
static bool jsongrid_is(const void *bytes, size_t size)
{
    static const char tiers[] = "\"tiers\"";
    const char *bracket = size ? memchr(bytes, '[', size) : NULL;
    size_t room = bracket ? (size_t)(bracket - (const char *)bytes) : size;
    const char *found = room ? memmem(bytes, room, tiers, sizeof tiers - 1) : NULL;
    if (!found)
        return false;
    size_t at = (size_t)(found - (const char *)bytes) + sizeof tiers - 1;
    for (const char *s = bytes; at < size && s[at]; at++)
        if (!strchr(" \t\r\n:", s[at]))
            return s[at] == '{' || s[at] == '[';
    return false;
}

/* The member of V that is called one of two names. */
static const json_t *jsongrid_member(const json_t *v, const char *name, const char *other)
{
    const json_t *found = json_object_get(v, name);
    return found ? found : json_object_get(v, other);
}

/* [start, end, label], or an object of them. */
static enum status jsongrid_add_entry(struct textgrid *g, struct textgrid_tier *t, const json_t *v,
                                      const char *place, struct err *err)
{
    bool list = json_is_array(v);
    const json_t *start = list ? json_array_get(v, 0) : jsongrid_member(v, "xmin", "start");
    const json_t *end = list ? json_array_get(v, 1) : jsongrid_member(v, "xmax", "end");
    const json_t *label = list ? json_array_get(v, 2) : jsongrid_member(v, "text", "label");
    if (!json_is_number(start) || !json_is_number(end) || !json_is_string(label))
        return err_set(err, STATUS_FORMAT, "%s: not a start, an end and a label", place);
    return textgrid_add_interval(g, t, json_number_value(start), json_number_value(end),
                                 json_string_value(label), place, err);
}

/* The tier called NAME that is written in V; points are not kept. */
static enum status jsongrid_add_tier(struct textgrid *g, const char *name, const json_t *v,
                                     const char *file, struct err *err)
{
    char place[320];
    const char *kind = json_string_value(jsongrid_member(v, "type", "class"));
    const json_t *entries = jsongrid_member(v, "entries", "intervals");
    if (!name || !kind)
        return err_set(err, STATUS_FORMAT, "%s: a tier without name or type", file);
    bool points = strcasecmp(kind, "point") == 0 || strcasecmp(kind, "TextTier") == 0;
    struct textgrid_tier *t = textgrid_add_tier(g, name, points);
    if (!t)
        return err_nomem(err);
    if (!points && !json_is_array(entries))
        return err_set(err, STATUS_FORMAT, "%s: tier %.60s: no list of entries", file, name);
    enum status code = STATUS_OK;
    for (size_t i = 0; !points && i < json_array_size(entries) && !code; i++) {
        snprintf(place, sizeof place, "%s: tier %.60s: entry %zu", file, name, i + 1);
        code = jsongrid_add_entry(g, t, json_array_get(entries, i), place, err);
    }
    return code;
}

static enum status jsongrid_read(struct textgrid *g, json_t *root, const char *file,
                                 struct err *err)
{
    json_t *tiers = json_object_get(root, "tiers"), *tier;
    enum status code = STATUS_OK;
    const char *name;
    if (!json_is_object(tiers) && !json_is_array(tiers))
        return err_set(err, STATUS_FORMAT, "%s: no tiers", file);
    json_object_foreach(tiers, name, tier)
    {
        if (!code)
            code = jsongrid_add_tier(g, name, tier, file, err);
    }
    for (size_t i = 0; i < json_array_size(tiers) && !code; i++) {
        tier = json_array_get(tiers, i);
        code =
            jsongrid_add_tier(g, json_string_value(json_object_get(tier, "name")), tier, file, err);
    }
    return code;
}

static enum status jsongrid_labels(struct utterance_labels *out, const void *bytes, size_t size,
                                   const char *name, const char *tier, struct err *err)
{
    struct textgrid g = {.text = NAMES_INIT};
    json_t *root = NULL;
    enum status code = jsontext_parse(&root, bytes, size, name, err);
    if (!code)
        code = jsongrid_read(&g, root, name, err);
    if (!code)
        code = textgrid_take_labels(out, &g, name, tier, err);
    textgrid_free(&g);
    json_decref(root);
    return code;
}

const struct label_format label_format_jsongrid = {.name = "TextGrid as JSON",
                                                   .suffix = {".json"},
                                                   .results = true,
                                                   .is = jsongrid_is,
                                                   .grid = jsongrid_labels};
