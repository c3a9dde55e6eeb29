/*
 * Whether the inputs of a job belonged together: what of its frames were phones, had pitch where
 * phones can have it, and had a value of each of the user's own factors.  A table in the wrong
 * spelling matches nothing, and all else goes on as if it did.
 */
#include "config.h"

#include "count/count_internal.h"

#include <string.h>

#include "base/buf.h"

/* The number of the built-in factor KIND among the cells' factors; BUILT_IN: it is none. */
static uint32_t matched_factor(const struct count_job *j, enum corpus_factor kind)
{
    uint32_t f = 0;
    while (f < j->built_in && j->kind[f] != kind)
        f++;
    return f;
}

/* Class of the phone of a cell; -1: none. */
static int matched_class(const struct count_job *j, uint32_t phone, uint32_t cell)
{
    const struct cells *c = &j->tally.cells;
    int32_t level = c->key[cell][phone];
    return level < 0 ? -1 : phones_class(&j->corpus.phones, c->level[phone].name[level]);
}

void count_match(const struct count_job *j, struct corpus_matches *m)
{
    const struct cells *c = &j->tally.cells;
    uint32_t phone = matched_factor(j, CORPUS_PHONE), pitch = matched_factor(j, CORPUS_PITCH);
    *m = (struct corpus_matches){.by_phone = phone < j->built_in, .by_pitch = pitch < j->built_in};
    for (uint32_t i = 0; i < c->count; i++) {
        uint64_t frames = (uint64_t)c->frames[i];
        int class = m->by_phone ? matched_class(j, phone, i) : -1;
        m->frames += frames;
        m->phones += class >= 0 ? frames : 0;
        /* Where phones are not told apart, every frame might have pitch. */
        bool may = m->by_phone
                       ? class >= 0 && phones_class_pitched(&j->corpus.phones, (uint32_t) class)
                       : true;
        if (m->by_pitch && may) {
            m->voiced += frames;
            m->pitched += c->key[i][pitch] >= 0 ? frames : 0;
        }
        for (unsigned x = 0; x < j->options->corpus.extras; x++)
            m->valued[x] += c->key[i][j->built_in + x] >= 0 ? frames : 0;
    }
    /* Of segments only the middle frame is counted elsewhere: the others are no lack. */
    if (j->options->frames == COUNTS_FRAMES_ALL)
        m->unlabelled = j->tally.totals.unlabelled;
    m->surplus = j->tally.totals.surplus;
    corpus_match_speakers(&j->corpus, m);
}

/* The first labels in bytewise order, not in that of the threads; up to five. */
static void matched_list_labels(const struct count_job *j, struct buf *list)
{
    uint32_t phone = matched_factor(j, CORPUS_PHONE);
    const struct names *t = &j->tally.cells.level[phone];
    const char *last = PHONES_SILENCE;
    for (int listed = 0; listed < 5 && phone < j->built_in; listed++) {
        const char *next = NULL;
        for (uint32_t i = 0; i < t->count; i++)
            if (strcmp(t->name[i], last) > 0 && (!next || strcmp(t->name[i], next) < 0))
                next = t->name[i];
        if (!next)
            return;
        buf_printf(list, "%s'%.40s'", listed ? ", " : "; they are like ", next);
        last = next;
    }
}

enum status count_check_phones(const struct count_job *j, struct err *err)
{
    struct corpus_matches m;
    struct buf labels = BUF_INIT;
    count_match(j, &m);
    const struct count_totals *t = &j->tally.totals;
    if (m.frames == 0 && t->surplus > 0)
        return err_set(err, STATUS_NOTFOUND,
                       "%s: no frame was counted: all labels lie behind the ends of their "
                       "recordings: their times must be in seconds",
                       j->options->corpus.labels);
    if (m.frames == 0 && t->short_segments > 0)
        return err_set(err, STATUS_NOTFOUND,
                       "%s: no frame was counted: all labels are too short for one: times must be "
                       "in seconds (HTK: 100 ns, TIMIT: samples at 16 kHz)",
                       j->options->corpus.labels);
    if (m.frames == 0 || (m.by_phone ? m.phones > 0 : t->unknown < t->frames))
        return STATUS_OK;
    matched_list_labels(j, &labels);
    err_set(err, STATUS_NOTFOUND,
            "%s: not one frame is a phone: no label is in the phone table%s (--phones TABLE, "
            "--label-table FILE)",
            j->options->corpus.labels, buf_text(&labels));
    buf_free(&labels);
    return STATUS_NOTFOUND;
}
