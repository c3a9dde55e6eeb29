/*
 * inputs.h - what a model is run on: recordings, and what is known of what is said in them.
 */
#ifndef PROPNEU_COUNT_INPUTS_H
#define PROPNEU_COUNT_INPUTS_H

#include "corpus/recordings.h"
#include "count/count.h"
#include "formats/labels/labels.h"
#include "corpus/phones.h"
#include "count/pitches.h"
#include "corpus/published.h"
#include "corpus/speakers.h"

struct inputs {
    struct corpus corpus;
    struct labels *labels;             /* NULL: none were given */
    struct published_labels published; /* of the label table, if there is one */
    struct phones phones;
    struct speakers speakers;
    bool gendered; /* speakers are read */
    struct pitches pitch;
    bool edged; /* edges are known: given, or tertiles of F0 from a file */
    double edges[2];
    struct factorfile extra[COUNT_MAX_EXTRAS]; /* [extras] */
};

/*
 * Opens what O says, and checks that at least one recording has labels, and a value of each factor;
 * labels may be left out.  Speakers and pitch are opened where O counts by them.  Free with
 * inputs_free, also a zeroed one.
 */
enum status inputs_open(struct inputs *in, const struct count_options *o, struct err *err);
void inputs_free(struct inputs *in);

#endif
