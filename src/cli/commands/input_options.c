/*
 * The options of the commands that run a model on a corpus (count, eval): a table of them, and how
 * each goes into the request.
 */
#include "config.h"

#include "cli/commands/input_options.h"

#include <string.h>

/* Two rising frequencies, "129.03,179.78". */
static bool parse_edges(const char *text, double edges[2])
{
    char low[32];
    const char *comma = strchr(text, ',');
    if (!comma || (size_t)(comma - text) >= sizeof low)
        return false;
    memcpy(low, text, (size_t)(comma - text));
    low[comma - text] = '\0';
    return cli_double(low, 1, 24000, &edges[0]) && cli_double(comma + 1, 1, 24000, &edges[1]) &&
           edges[0] < edges[1];
}

/* NAME=FILE: one more factor; a message for what is wrong, or NULL. */
static const char *input_take_factor(struct input_request *r, const char *value)
{
    struct corpus_options *o = &r->corpus;
    struct corpus_extra *x = &r->extra[o->extras];
    size_t n = strcspn(value, "=");
    if (o->extras == CORPUS_MAX_EXTRAS)
        return "--factor cannot be given more than 12 times";
    if (n >= sizeof x->name || !value[n] || !value[n + 1])
        return "--factor needs NAME=FILE";
    *x = (struct corpus_extra){.file = value + n + 1};
    memcpy(x->name, value, n);
    if (!factor_name_ok(x->name))
        return "--factor: a name of letters, digits, - and _ is needed, and none of propneu's own";
    for (unsigned i = 0; i < o->extras; i++)
        if (strcmp(r->extra[i].name, x->name) == 0)
            return "--factor: two factors of one name";
    o->extra = r->extra;
    o->extras++;
    return NULL;
}

static const struct cli_option input_table[] = {
    [INPUT_MODEL] = {"model", 'm', "MODEL", "folder or checkpoint of the model", CLI_FILE},
    [INPUT_AUDIO] = {"audio", 'a', "AUDIO", "folder searched for recordings, or a list of them",
                     CLI_FILE},
    [INPUT_LABELS] = {"labels", 'l', "LABELS", "phone labels: folder or file", CLI_FILE},
    [INPUT_SPEAKERS] = {"speakers", 0, "FILE", "gender of each speaker", "timit|" CLI_FILE},
    [INPUT_PITCH] = {"pitch", 0, "FILE|auto",
                     "pitch by frame or time, as F0 or classes; or track it", "auto|" CLI_FILE},
    [INPUT_PITCH_EDGES] = {"pitch-edges", 0, "LOW,HIGH",
                           "Hz between low, mid and high (default: tertiles)", NULL},
    [INPUT_LABEL_TABLE] = {"label-table", 0, "FILE", "phone names of the published frame JSON",
                           CLI_FILE},
    [INPUT_TIER] = {"tier", 0, "NAME", "TextGrid tier with the phones", NULL},
    [INPUT_PHONES] = {"phones", 0, "FILE",
                      "phones and classes: a table, timit or ipa-mfa (default: ARPABET)",
                      "timit|ipa-mfa|" CLI_FILE},
    [INPUT_MEAN_STD] = {"mean-std", 0, "FILE", "mean and deviation of the log-mel (MelHuBERT)",
                        CLI_FILE},
    [INPUT_NORMALIZE] = {"normalize", 0, "WHETHER",
                         "recordings to mean 0, variance 1 (default: as trained)", "yes|no"},
    [INPUT_FACTOR] = {"factor", 0, "NAME=FILE",
                      "one more factor, by utterance or time; may be repeated", CLI_FILE},
    {NULL, 0, NULL, NULL, NULL},
};

bool input_options_take(void *request, const struct cli_args *a, int opt)
{
    struct input_request *r = request;
    struct corpus_options *o = &r->corpus;
    const char *wrong = NULL;
    switch (opt) {
    case INPUT_MODEL: r->model = a->value; break;
    case INPUT_AUDIO: o->audio = a->value; break;
    case INPUT_LABELS: o->labels = a->value; break;
    case INPUT_SPEAKERS: o->speakers = a->value; break;
    case INPUT_PITCH: o->pitch = a->value; break;
    case INPUT_PITCH_EDGES:
        o->edges_given = true;
        if (!parse_edges(a->value, o->pitch_edges))
            wrong = "--pitch-edges needs two rising frequencies";
        break;
    case INPUT_LABEL_TABLE: o->label_table = a->value; break;
    case INPUT_TIER: o->tier = a->value; break;
    case INPUT_PHONES: o->phones = a->value; break;
    case INPUT_MEAN_STD: r->mean_std = a->value; break;
    case INPUT_NORMALIZE:
        if (!model_normalize_parse(a->value, &r->normalize))
            wrong = "--normalize needs yes or no";
        break;
    default: wrong = input_take_factor(r, a->value);
    }
    if (wrong)
        cli_usage(a->command, "%s, not '%s'", wrong, a->value);
    return !wrong;
}

const struct cli_option_group input_options = {input_table, input_options_take};

void input_note_normalize(const char *model, const struct cli *cli, const struct model_info *m)
{
    bool guess = m->normalize_from && strncmp(m->normalize_from, "assumed", 7) == 0;
    if (guess)
        cli_note(cli,
                 "%s: nothing says whether recordings were normalised in training: %s is assumed "
                 "(--normalize yes|no)",
                 model, m->normalize ? "yes" : "no");
    else if (m->normalize_from)
        cli_note(cli, "%s: recordings are %s: %s", model,
                 m->normalize ? "normalised" : "taken as they are", m->normalize_from);
}
