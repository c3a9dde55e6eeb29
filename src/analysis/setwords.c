/*
 * The words of set expressions: which property, group, factor or level a text begins with. A '-'
 * or ':' inside a word belongs to it only where that makes a known name, so words are matched
 * against the file's own names.
 */
#include "config.h"

#include "analysis/setwords.h"

#include <string.h>

#include "analysis/list.h"
#include "corpus/phones.h"

static bool setword_among(char *const *name, uint32_t count, const char *word, size_t len)
{
    for (uint32_t i = 0; i < count; i++)
        if (strncmp(name[i], word, len) == 0 && name[i][len] == '\0')
            return true;
    return false;
}

bool setword_is_property(const void *analysis, const char *word, size_t len)
{
    return analysis_has(analysis, word, len);
}

bool setword_is_factor(const void *counts, const char *word, size_t len)
{
    const struct counts *c = counts;
    for (uint32_t f = 0; f < c->factors; f++)
        if (setword_among(&c->factor[f].name, 1, word, len))
            return true;
    return false;
}

bool setword_is_level(const void *levels, const char *word, size_t len)
{
    const struct setword_levels *l = levels;
    const struct counts_factor *f = &l->counts->factor[l->factor];
    return setword_among(f->level, f->levels, word, len);
}

char *const *setword_group_names(const struct setword_groups *g, uint32_t *count)
{
    const struct analysis *a = g->analysis;
    if (strcmp(g->property, "phone") == 0) {
        *count = a->phones->classes.count;
        return a->phones->classes.name;
    }
    if (strcmp(g->property, "each-phone") == 0) {
        *count = a->phones->phone.count;
        return a->phones->phone.name;
    }
    const struct phone_feature *feature =
        property_feature(a->counts, a->phones, g->property, strlen(g->property));
    if (feature) {
        *count = feature->table.classes.count;
        return feature->table.classes.name;
    }
    int f = counts_find_factor(a->counts, g->property);
    *count = f < 0 ? 0 : a->counts->factor[f].levels;
    return f < 0 ? NULL : a->counts->factor[f].level;
}

bool setword_is_selector(const void *nothing, const char *word, size_t len)
{
    (void)nothing; /* they are the program's, not a file's */
    for (size_t i = 0; selectors[i]; i++)
        if (strncmp(selectors[i]->name, word, len) == 0 && selectors[i]->name[len] == '\0')
            return true;
    return false;
}

bool setword_is_group(const void *groups, const char *word, size_t len)
{
    uint32_t count;
    char *const *name = setword_group_names(groups, &count);
    return setword_among(name, count, word, len);
}

void setword_list_groups(const struct setword_groups *g, char *text, size_t size)
{
    uint32_t count;
    char *const *name = setword_group_names(g, &count);
    list_names(text, size, name, count);
}

bool setword_char(char c)
{
    return c && !strchr(" \t&|()[],=@\"", c);
}

size_t setword_length(const char *text, setword_known known, const void *context)
{
    size_t longest = 0, shortest = strcspn(text, "-:");
    while (setword_char(text[longest]))
        longest++;
    for (size_t len = longest; known && len > 0; len--)
        if ((len == longest || text[len] == '-' || text[len] == ':') && known(context, text, len))
            return len;
    return shortest > 0 && shortest < longest ? shortest : longest;
}
