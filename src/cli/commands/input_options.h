/*
 * input_options.h - private to the commands that run a model on a corpus: the options that say
 * where it, its recordings and what is known of them lie.
 */
#ifndef PROPNEU_CLI_COMMANDS_INPUT_OPTIONS_H
#define PROPNEU_CLI_COMMANDS_INPUT_OPTIONS_H

#include "cli/cli.h"
#include "base/buf.h"
#include "corpus/corpus.h"
#include "model/model.h"

/* Numbers of the options in the group below, for commands that have only some of them. */
enum input_option {
    INPUT_MODEL,
    INPUT_AUDIO,
    INPUT_LABELS,
    INPUT_SPEAKERS,
    INPUT_PITCH,
    INPUT_PITCH_EDGES,
    INPUT_LABEL_TABLE,
    INPUT_TIER,
    INPUT_LABEL_PART,
    INPUT_PHONES,
    INPUT_MEAN_STD,
    INPUT_NORMALIZE,
    INPUT_FACTOR,
};

struct input_request {
    struct corpus_options corpus;
    const char *model, *mean_std;
    enum model_normalize normalize;
    struct corpus_extra extra[CORPUS_MAX_EXTRAS];
    char tiers[LABELS_TIERS_MAX]; /* the names of --tier */
};

/* The part of the group is a struct input_request. */
extern const struct cli_option_group input_options;

/* Takes one of input_options, by its number there, as the group does. */
bool input_options_take(void *request, const struct cli_args *a, int opt);

/* Says whether MODEL hears recordings normalised, and why, and which of its layers are not used. */
void input_note_model(const char *model, const struct cli *cli, const struct model_info *m);

/* Tells of inputs that hardly fit the corpus, even if --quiet; true if one matched nothing, but for
 * a shard, which may well hold none of what a table tells. */
bool input_warn_unmatched(const struct corpus_options *o, const struct corpus_matches *m);

/* Tells how a corpus was read, where it could have been read otherwise, and, even if --quiet, what
 * looks wrong in it (corpus.h). */
void input_note_corpus(const struct cli *cli, const struct corpus *c);

#endif
