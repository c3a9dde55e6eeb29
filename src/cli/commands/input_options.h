/*
 * input_options.h - private to the commands that run a model on a corpus: the options that say
 * where it, its recordings and what is known of them lie.
 */
#ifndef PROPNEU_CLI_COMMANDS_INPUT_OPTIONS_H
#define PROPNEU_CLI_COMMANDS_INPUT_OPTIONS_H

#include "cli/cli.h"
#include "base/buf.h"
#include "count/count.h"

/* First in the options of each such command, so that their numbers are these. */
#define INPUT_OPTIONS                                                                             \
    {"model", 'm', "MODEL", "folder or checkpoint of the model", CLI_FILE},                       \
        {"audio", 'a', "AUDIO", "folder searched for recordings, or a list of them", CLI_FILE},   \
        {"labels", 'l', "LABELS", "phone labels: folder or file", CLI_FILE},                      \
        {"speakers", 0, "FILE", "gender of each speaker", "timit|" CLI_FILE},                     \
        {"pitch", 0, "FILE|auto", "pitch by frame or time, as F0 or classes; or track it",        \
         "auto|" CLI_FILE},                                                                       \
        {"pitch-edges", 0, "LOW,HIGH", "Hz between low, mid and high (default: tertiles)", NULL}, \
        {"label-table", 0, "FILE", "phone names of the published frame JSON", CLI_FILE},          \
        {"tier", 0, "NAME", "TextGrid tier with the phones", NULL},                               \
        {"phones", 0, "FILE", "phones and classes: a table, timit or ipa-mfa (default: ARPABET)", \
         "timit|ipa-mfa|" CLI_FILE},                                                              \
        {"mean-std", 0, "FILE", "mean and deviation of the log-mel (MelHuBERT)", CLI_FILE},       \
        {"normalize", 0, "WHETHER", "recordings to mean 0, variance 1 (default: as trained)",     \
         "yes|no"},                                                                               \
    {                                                                                             \
        "factor", 0, "NAME=FILE", "one more factor, by utterance or time; may be repeated",       \
            CLI_FILE                                                                              \
    }

enum {
    INPUT_MODEL,
    INPUT_AUDIO,
    INPUT_LABELS,
    INPUT_SPEAKERS,
    INPUT_PITCH,
    INPUT_PITCH_EDGES,
    INPUT_LABEL_TABLE,
    INPUT_TIER,
    INPUT_PHONES,
    INPUT_MEAN_STD,
    INPUT_NORMALIZE,
    INPUT_FACTOR,
    INPUT_END /* a command's own options begin here */
};

struct input_request {
    struct count_options o;
    struct count_extra extra[COUNT_MAX_EXTRAS];
};

/* Takes option OPT, below INPUT_END; a message for what is wrong with VALUE, or NULL. */
const char *input_options_take(struct input_request *r, int opt, const char *value);

/* Says whether MODEL hears recordings normalised, and why. */
void input_note_normalize(const char *model, const struct cli *cli, const struct model_info *m);

#endif
