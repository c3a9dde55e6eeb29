/*
 * head_labels.h - what the classes of a head are called.
 */
#ifndef PROPNEU_EVAL_HEAD_LABELS_H
#define PROPNEU_EVAL_HEAD_LABELS_H

#include "eval/head.h"

/*
 * Of a head that classifies: the configuration's id2label or head_labels, or the list that the
 * trainer kept with its head.
 */
enum status head_labels_classes(struct head *h, const struct checkpoint *c, struct err *err);

/* The lines of the file PATH; blank lines at its end do not count. */
enum status head_labels_lines(struct head *h, const struct checkpoint *c, const char *path,
                              struct err *err);

/*
 * Of a CTC head, with its blank: vocab.json next to the configuration (Hugging Face), the
 * dictionary in the checkpoint or a dict*.txt next to it (fairseq).  Classes without a name are
 * called "<7>".
 */
enum status head_labels_vocabulary(struct head *h, const struct checkpoint *c, struct err *err);
enum status head_labels_dictionary(struct head *h, const struct checkpoint *c, struct err *err);

/*
 * Of s3prl's CTC head, whose checkpoint has no names: phoneme.txt or vocab.txt next to it.  In such
 * a file each line is a symbol, behind those that s3prl puts first: <pad>, which is the blank,
 * <eos> and <unk>.
 */
enum status head_labels_tokens(struct head *h, const struct checkpoint *c, struct err *err);
enum status head_labels_token_lines(struct head *h, const struct checkpoint *c, const char *path,
                                    struct err *err);

/* As head_labels_classes, class 0 being the blank of CTC. */
enum status head_labels_blank(struct head *h, const struct checkpoint *c, struct err *err);

/* "0", "1", ... */
enum status head_labels_numbers(struct head *h, const struct checkpoint *c, struct err *err);

#endif
