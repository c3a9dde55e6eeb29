/*
 * silence.h - how aligners and corpora write silence.
 */
#ifndef PROPNEU_FORMATS_LABELS_SILENCE_H
#define PROPNEU_FORMATS_LABELS_SILENCE_H

#include <stdbool.h>

/* True for "", "sil", "<eps>", "h#", ..., in any letter case. */
bool label_is_silence(const char *label);

#endif
