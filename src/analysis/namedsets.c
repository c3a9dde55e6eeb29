/*
 * Sets of neurons by name: a short list, searched in order.
 */
#include "config.h"

#include "analysis/namedsets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void named_sets_free(struct named_sets *s)
{
    for (size_t i = 0; i < s->count; i++)
        neuron_set_free(&s->set[i].neurons);
    free(s->set);
    *s = (struct named_sets){0};
}

static size_t named_sets_index(const struct named_sets *s, const char *name)
{
    size_t i = 0;
    while (i < s->count && strcmp(s->set[i].name, name) != 0)
        i++;
    return i;
}

const struct named_set *named_sets_find(const struct named_sets *s, const char *name)
{
    size_t i = s ? named_sets_index(s, name) : 0;
    return s && i < s->count ? &s->set[i] : NULL;
}

bool named_set_is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char all[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    size_t len = strlen(name);
    return len > 0 && len < NAMED_SET_NAME && strchr(letters, name[0]) && strspn(name, all) == len;
}

enum status named_sets_put(struct named_sets *s, const char *name, struct neuron_set *set,
                           struct err *err)
{
    size_t i = named_sets_index(s, name);
    if (!named_set_is_name(name))
        return err_set(
            err, STATUS_USAGE,
            "'%.40s' is not a valid name: letters, digits, _ and ., a letter first, at most %d",
            name, NAMED_SET_NAME - 1);
    if (i == s->count) {
        if (!mem_grow(&s->set, &s->cap, s->count + 1, sizeof *s->set))
            return err_nomem(err);
        s->set[s->count] = (struct named_set){.neurons = NEURON_SET_INIT};
        snprintf(s->set[s->count++].name, NAMED_SET_NAME, "%s", name);
    }
    neuron_set_free(&s->set[i].neurons);
    s->set[i].neurons = *set;
    *set = (struct neuron_set)NEURON_SET_INIT;
    return STATUS_OK;
}

void named_sets_drop(struct named_sets *s, const char *name)
{
    size_t i = named_sets_index(s, name);
    if (i == s->count)
        return;
    neuron_set_free(&s->set[i].neurons);
    memmove(&s->set[i], &s->set[i + 1], (s->count - i - 1) * sizeof *s->set);
    s->count--;
}
