/*
 * The table of label formats, and how a file's format is found by its name.
 */
#include "config.h"

#include "formats/labels/label_format.h"

#include <string.h>
#include <strings.h>

#define LABEL_FORMAT_ROW(id) &label_format_##id,
const struct label_format *const label_formats[] = {LABEL_FORMAT_TABLE(LABEL_FORMAT_ROW) NULL};
#undef LABEL_FORMAT_ROW

static bool path_ends_in(const char *path, const char *suffix)
{
    size_t n = strlen(path), k = strlen(suffix);
    return n >= k && strcasecmp(path + n - k, suffix) == 0;
}

static bool label_format_has(const struct label_format *f, const char *path)
{
    for (const char *const *s = f->suffix; *s; s++)
        if (path_ends_in(path, *s))
            return true;
    return false;
}

const struct label_format *label_format_of(const char *path)
{
    for (size_t i = 0; label_formats[i]; i++)
        if (!label_formats[i]->is && label_format_has(label_formats[i], path))
            return label_formats[i];
    return NULL;
}

const struct label_format *label_format_of_bytes(const char *path, const void *bytes, size_t size)
{
    for (size_t i = 0; label_formats[i]; i++)
        if (label_formats[i]->is && label_format_has(label_formats[i], path) &&
            label_formats[i]->is(bytes, size))
            return label_formats[i];
    return label_format_of(path);
}

void label_formats_list(struct buf *b)
{
    const char *comma = "";
    for (size_t i = 0; label_formats[i]; i++)
        for (const char *const *s = label_formats[i]->suffix; *s; s++) {
            if (label_formats[i]->unusable || label_formats[i]->is)
                continue;
            buf_printf(b, "%s%s", comma, *s);
            comma = ", ";
        }
}
