/*
 * retrain_log.h - private to retrain*.c: what was cut, and the steps of all cuts in one log.
 */
#ifndef PROPNEU_TRAIN_RETRAIN_LOG_H
#define PROPNEU_TRAIN_RETRAIN_LOG_H

#include "base/buf.h"
#include "train/retrain.h"

/* STATUS_MISMATCH where FOLDER/cuts.txt, which is made at first, says other than TEXT: how is cut.
 */
enum status retrain_log_key(const char *folder, struct buf *text, struct err *err);

/* Adds the line of CUT to FOLDER/cuts.tsv, in place of one that it has. */
enum status retrain_log_cut(const char *folder, const struct retrain_cut *cut, struct err *err);

/* Fills CUT from the line of its number; STATUS_NOTFOUND. */
enum status retrain_log_find(const char *folder, struct retrain_cut *cut, struct err *err);

/* Makes FOLDER/log.tsv of the logs of the cuts up to CUT, of STEPS steps each. */
enum status retrain_log_begin(const char *folder, const struct retrain_cut *cut, uint64_t steps,
                              struct err *err);

/* Adds a step, numbered through all cuts. */
enum status retrain_log_step(const char *folder, const struct training_row *row,
                             const struct retrain_cut *cut, struct err *err);

#endif
