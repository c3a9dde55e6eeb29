/*
 * What people write about a corpus besides names of files: pitch ranges and factors of their own.
 */
#include "config.h"

#include "corpus/corpus.h"

#include <string.h>

#include "base/numeral.h"

bool corpus_parse_edges(const char *text, double edges[2])
{
    char low[32];
    const char *comma = strchr(text, ',');
    if (!comma || (size_t)(comma - text) >= sizeof low)
        return false;
    memcpy(low, text, (size_t)(comma - text));
    low[comma - text] = '\0';
    return numeral_real(low, 1, 24000, &edges[0]) && numeral_real(comma + 1, 1, 24000, &edges[1]) &&
           edges[0] < edges[1];
}

const char *corpus_parse_extra(const char *text, struct corpus_extra *extra, unsigned *extras)
{
    struct corpus_extra *x = &extra[*extras];
    size_t n = strcspn(text, "=");
    if (*extras == CORPUS_MAX_EXTRAS)
        return "cannot be given more than 12 times";
    if (n >= sizeof x->name || !text[n] || !text[n + 1])
        return "needs NAME=FILE";
    *x = (struct corpus_extra){.file = text + n + 1};
    memcpy(x->name, text, n);
    if (!factor_name_ok(x->name))
        return "needs a name of letters, digits, - and _, and none of propneu's own";
    for (unsigned i = 0; i < *extras; i++)
        if (strcmp(extra[i].name, x->name) == 0)
            return "has two factors of one name";
    ++*extras;
    return NULL;
}
