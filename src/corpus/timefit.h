/*
 * timefit.h - whether times of labels and of the user's own factors are those of the recordings.
 */
#ifndef PROPNEU_CORPUS_TIMEFIT_H
#define PROPNEU_CORPUS_TIMEFIT_H

#include "base/status.h"
#include "corpus/corpus.h"

/*
 * STATUS_FORMAT where U, the labels L of UTTERANCE, cannot be those of a recording of SECONDS: they
 * end far behind it, or most of them begin behind its end.  Lists by frame always fit.
 */
enum status timefit_check_labels(const struct labels *l, const struct utterance_labels *u,
                                 const char *utterance, double seconds, struct err *err);

/* STATUS_FORMAT where a value of one of the user's own factors begins far behind the recording. */
enum status timefit_check_factors(const struct corpus *c, const struct corpus_options *o,
                                  const char *utterance, double seconds, struct err *err);

/*
 * Looks at the labels, or at factor X, of some recordings of C.  STATUS_FORMAT where those of none
 * fit and some cannot: the reason is the first one's.  What is odd about all of them together is
 * added to C's warnings.
 */
enum status timefit_sample_labels(struct corpus *c, const struct corpus_options *o,
                                  struct err *err);
enum status timefit_sample_factor(struct corpus *c, const struct corpus_options *o, unsigned x,
                                  struct err *err);

#endif
