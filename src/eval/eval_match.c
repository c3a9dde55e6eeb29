/*
 * Whether the inputs of an evaluation belonged together: what of the frames that were read are
 * phones, have pitch, and have a value of each of the user's own factors.
 */
#include "config.h"

#include "eval/eval_internal.h"

/* True if frame T has pitch. */
static bool match_is_pitched(const struct frame_labels *x, size_t t)
{
    return x->pitch ? x->pitch[t] >= 0 : x->f0 && x->f0[t] > 0;
}

static void match_add(const struct eval *e, const struct frame_labels *x, struct corpus_matches *m)
{
    const struct phones *phones = &e->corpus.phones;
    unsigned extras = e->how.extras;
    for (size_t t = 0; t < x->frames; t++) {
        int32_t phone = x->phone ? x->phone[t] : FRAME_NO_PHONE;
        if (phone == FRAME_NO_LABEL)
            continue;
        bool voiced =
            !x->phone || (phone >= 0 && phones_class_pitched(phones, phones->phone_class[phone]));
        m->frames++;
        m->phones += phone >= 0;
        m->voiced += m->by_pitch && voiced;
        m->pitched += m->by_pitch && voiced && match_is_pitched(x, t);
        for (unsigned f = 0; f < extras; f++)
            m->valued[f] += x->extra[t * extras + f] >= 0;
    }
}

void eval_match(const struct eval *e, struct corpus_matches *m)
{
    *m = (struct corpus_matches){.by_phone = e->corpus.labels != NULL,
                                 .by_pitch = pitches_any(&e->corpus.pitch)};
    for (size_t i = 0; i < e->corpus.recordings.count; i++)
        match_add(e, &e->run[i].labels, m);
    corpus_match_speakers(&e->corpus, m);
}
