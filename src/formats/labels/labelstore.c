/*
 * The labels of many utterances from one file: collected in any order, then sorted by utterance
 * and time and checked for overlap.
 */
#include "config.h"

#include "formats/labels/labelstore.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"
#include "formats/labels/symboltable.h"

enum status label_store_add(struct label_store *s, const char *utterance, const char *label,
                            double start, double end, const char *place, struct err *err)
{
    if (!isfinite(start) || !isfinite(end) || start > end)
        return err_set(err, STATUS_FORMAT, "%s: a label from %s s to %s s", place,
                       number_short(start, 6).text, number_short(end, 6).text);
    if (s->table && !label_table_name(s->table, label, &label))
        return err_set(err, STATUS_MISMATCH, "%s: label %s is not in the label table", place,
                       label);
    uint32_t u = names_add(&s->utterance, utterance), l = names_add(&s->label, label);
    if (u == NAMES_NONE || l == NAMES_NONE ||
        !mem_grow(&s->entry, &s->cap, s->count + 1, sizeof *s->entry))
        return err_nomem(err);
    if (start < end)
        s->entry[s->count++] = (struct label_entry){u, l, start, end};
    return STATUS_OK;
}

/* Total, so that equal files give equal orders. */
static int label_store_by_place(const void *a, const void *b)
{
    const struct label_entry *x = a, *y = b;
    if (x->utterance != y->utterance)
        return x->utterance < y->utterance ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

enum status label_store_done(struct label_store *s, const char *name, struct err *err)
{
    s->from = mem_array((size_t)s->utterance.count + 1, sizeof *s->from);
    if (!s->from)
        return err_nomem(err);
    if (s->count)
        qsort(s->entry, s->count, sizeof *s->entry, label_store_by_place);
    size_t at = 0;
    for (uint32_t u = 0; u <= s->utterance.count; u++) {
        while (at < s->count && s->entry[at].utterance < u)
            at++;
        s->from[u] = at;
    }
    for (size_t i = 1; i < s->count; i++) {
        struct label_entry *e = &s->entry[i], *before = e - 1;
        if (e->utterance != before->utterance || e->start >= before->end)
            continue;
        if (e->start < before->end - LABELS_OVERLAP)
            return err_set(err, STATUS_FORMAT, "%s: %s: labels that overlap at %s s", name,
                           s->utterance.name[e->utterance], number_fixed(e->start, 3).text);
        e->start = before->end;
        if (e->end < e->start) /* shorter than the rounding: nothing is left of it */
            e->end = e->start;
    }
    return STATUS_OK;
}

enum status label_store_get(const struct label_store *s, uint32_t u, struct utterance_labels *out,
                            struct err *err)
{
    size_t from = s->from[u], to = s->from[u + 1];
    struct utterance_labels r = {.name = NAMES_INIT};
    r.interval = mem_array(to - from, sizeof *r.interval);
    if (!r.interval)
        return err_nomem(err);
    for (size_t i = from; i < to; i++) {
        const struct label_entry *e = &s->entry[i];
        if (e->start == e->end)
            continue;
        uint32_t name = names_add(&r.name, s->label.name[e->label]);
        if (name == NAMES_NONE) {
            utterance_labels_free(&r);
            return err_nomem(err);
        }
        r.interval[r.count++] = (struct label_interval){e->start, e->end, name};
    }
    *out = r;
    return STATUS_OK;
}

void label_store_free(struct label_store *s)
{
    names_free(&s->utterance);
    names_free(&s->label);
    free(s->entry);
    free(s->from);
    *s = (struct label_store){.utterance = NAMES_INIT};
}
