/*
 * trainset_label.h - private to trainset*.c: what is to be said of recordings, by task.
 */
#ifndef PROPNEU_TRAIN_TRAINSET_LABEL_H
#define PROPNEU_TRAIN_TRAINSET_LABEL_H

#include "train/trainset.h"

/* The classes of the head: silence or the blank first where there is one. */
enum status trainset_name_classes(struct trainset *s, struct err *err);

/* What is to be said of E, whose sound is AUDIO. */
enum status trainset_label(const struct trainset *s, struct trainset_entry *e,
                           const struct audio *audio, struct err *err);

/* True if there is something to learn from E. */
bool trainset_teaches(const struct trainset *s, const struct trainset_entry *e);

#endif
