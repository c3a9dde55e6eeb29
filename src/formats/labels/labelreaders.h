/*
 * labelreaders.h - the text formats of time labels beside TextGrid, each into a label store.
 *
 * All take SIZE bytes, the NAME that begins messages, and the UTTERANCE that labels belong to
 * where the file itself does not say it.
 */
#ifndef PROPNEU_FORMATS_LABELS_LABELREADERS_H
#define PROPNEU_FORMATS_LABELS_LABELREADERS_H

#include <stddef.h>

#include "formats/labels/labelstore.h"
#include "base/status.h"

/* NIST and Kaldi CTM: "utterance channel start duration label [confidence]" in seconds; lines that
 * begin with ";;" are comments. */
enum status ctm_read(struct label_store *s, const void *bytes, size_t size, const char *name,
                     const char *utterance, struct err *err);

/*
 * A table divided by tabs, commas or blanks.  With a header: columns start (or begin), end (or
 * duration), label (or phone), and, where there are such, utterance and type; rows whose type is
 * not phones are passed over (the Montreal Forced Aligner's CSV).  Without: "utterance start end
 * label".
 */
enum status labeltable_read(struct label_store *s, const void *bytes, size_t size, const char *name,
                            const char *utterance, struct err *err);

/* TIMIT's .PHN: "start end label" in samples at 16 kHz. */
enum status phn_read(struct label_store *s, const void *bytes, size_t size, const char *name,
                     const char *utterance, struct err *err);

/*
 * .lab of HTK, "start end label [...]" in units of 100 ns, or in seconds where a time has a decimal
 * point, of alternatives ("///") the first; or of xlabel and Festival, and Buckeye's .phones: a
 * header up to a line "#", then "end number label", a label beginning where the one before it ends.
 */
enum status lab_read(struct label_store *s, const void *bytes, size_t size, const char *name,
                     const char *utterance, struct err *err);

/* HTK master label files: many .lab in one; of alternatives ("///") the first is taken. */
enum status mlf_read(struct label_store *s, const void *bytes, size_t size, const char *name,
                     const char *utterance, struct err *err);

#endif
