/*
 * The options of the commands that run a model on a corpus (count, eval): a table of them, and how
 * each goes into the request.
 */
#include "config.h"

#include "cli/commands/input_options.h"

#include <inttypes.h>
#include <string.h>

#include "base/numeral.h"

static const struct cli_option input_table[] = {
    [INPUT_MODEL] = {"model", 'm', "MODEL", "folder or checkpoint of the model", CLI_FILE},
    [INPUT_AUDIO] = {"audio", 'a', "AUDIO", "folder of recordings, or a list of them", CLI_FILE},
    [INPUT_LABELS] = {"labels", 'l', "LABELS", "phone labels: folder or file", CLI_FILE},
    [INPUT_SPEAKERS] = {"speakers", 0, "FILE", "gender of each speaker", "timit|" CLI_FILE},
    [INPUT_PITCH] = {"pitch", 0, "FILE|auto",
                     "pitch by frame or time, as F0 or classes; auto: track F0", "auto|" CLI_FILE},
    [INPUT_PITCH_EDGES] = {"pitch-edges", 0, "LOW,HIGH",
                           "Hz between low, mid and high (default: tertiles)", NULL},
    [INPUT_LABEL_TABLE] = {"label-table", 0, "FILE",
                           "what numbers mean: of the frame JSON, or Kaldi's phones.txt", CLI_FILE},
    [INPUT_TIER] = {"tier", 0, "NAME", "tier with the phones; may be repeated", NULL},
    [INPUT_LABEL_PART] = {"label-part", 0, "N",
                          "part of labels such as AH0,AO1,s (default: 1, the canonical phone)",
                          "1|2"},
    [INPUT_PHONES] = {"phones", 0, "FILE",
                      "phones and classes: a table, timit or ipa-mfa (default: ARPABET)",
                      "timit|ipa-mfa|" CLI_FILE},
    [INPUT_MEAN_STD] = {"mean-std", 0, "FILE", "mean and deviation of the log-mel (MelHuBERT)",
                        CLI_FILE},
    [INPUT_NORMALIZE] = {"normalize", 0, "WHETHER",
                         "normalise to mean 0, variance 1 (default: as trained)", "yes|no"},
    [INPUT_FACTOR] = {"factor", 0, "NAME=FILE",
                      "additional factor, by utterance or time; may be repeated", CLI_FILE},
    {NULL, 0, NULL, NULL, NULL},
};

/* Values that must be numbers or names are checked here, files when they are opened. */
bool input_options_take(void *request, const struct cli_args *a, int opt)
{
    struct input_request *r = request;
    struct corpus_options *o = &r->corpus;
    const char *wrong = NULL;
    unsigned long number = 1;
    switch (opt) {
    case INPUT_MODEL: r->model = a->value; break;
    case INPUT_AUDIO: o->audio = a->value; break;
    case INPUT_LABELS: o->labels = a->value; break;
    case INPUT_SPEAKERS: o->speakers = a->value; break;
    case INPUT_PITCH: o->pitch = a->value; break;
    case INPUT_PITCH_EDGES:
        o->edges_given = true;
        if (!corpus_parse_edges(a->value, o->pitch_edges))
            wrong = "needs two rising frequencies";
        break;
    case INPUT_LABEL_TABLE: o->label_table = a->value; break;
    case INPUT_TIER:
        if (!labels_add_tier(r->tiers, a->value))
            wrong = LABELS_TIER_TAKES;
        o->tier = r->tiers;
        break;
    case INPUT_LABEL_PART:
        if (!numeral_unsigned(a->value, 1, 2, &number))
            wrong = "needs 1 or 2";
        o->label_part = (uint32_t)number;
        break;
    case INPUT_PHONES: o->phones = a->value; break;
    case INPUT_MEAN_STD: r->mean_std = a->value; break;
    case INPUT_NORMALIZE:
        if (!model_normalize_parse(a->value, &r->normalize))
            wrong = "needs yes or no";
        break;
    default: wrong = corpus_parse_extra(a->value, r->extra, &o->extras); o->extra = r->extra;
    }
    if (wrong)
        cli_usage(a->command, "--%s %s, not '%s'", a->option->name, wrong, a->value);
    return !wrong;
}

const struct cli_option_group input_options = {input_table, input_options_take};

/* The published models differ in this, and a wrong choice changes all activations: a guess is
 * always noted. */
void input_note_model(const char *model, const struct cli *cli, const struct model_info *m)
{
    if (m->layers_stored)
        cli_note(cli,
                 "%s: has tensors of %u layers, but %u in its configuration: only these are used",
                 model, m->layers_stored, m->layers);
    bool guess = m->normalize_from && strncmp(m->normalize_from, "assumed", 7) == 0;
    if (guess)
        cli_note(cli,
                 "%s: normalisation in training is unknown: %s is assumed "
                 "(--normalize yes|no)",
                 model, m->normalize ? "yes" : "no");
    else if (m->normalize_from)
        cli_note(cli, "%s: recordings are %s: %s", model,
                 m->normalize ? "normalised" : "not normalised", m->normalize_from);
}

void input_note_corpus(const struct cli *cli, const struct corpus *c)
{
    for (uint32_t i = 0; i < c->notes.count; i++)
        cli_note(cli, "%s", c->notes.name[i]);
    for (uint32_t i = 0; i < c->warnings.count; i++)
        cli_warn("%s", c->warnings.name[i]);
}

/* A warning where MATCHED of ALL are less than a tenth; true if they are none. */
static bool input_warn_of(const char *file, uint64_t matched, uint64_t all, const char *what)
{
    if (all == 0 || matched * 10 >= all)
        return false;
    if (matched == 0)
        cli_warn("%s: matched nothing: 0 of %" PRIu64 " %s", file, all, what);
    else
        cli_warn("%s: hardly matched: %" PRIu64 " of %" PRIu64 " %s", file, matched, all, what);
    return matched == 0;
}

bool input_warn_unmatched(const struct corpus_options *o, const struct corpus_matches *m)
{
    bool none =
        input_warn_of(o->labels, m->frames, m->frames + m->unlabelled, "frames have a label");
    if (m->frames && m->surplus * 4 > m->frames)
        cli_warn("%s: %" PRIu64 " labels lie behind the ends of their recordings, beside %" PRIu64
                 " frames with a label: written for another step, or other recordings?",
                 o->labels, m->surplus, m->frames);
    if (m->by_phone)
        none |= input_warn_of(o->labels, m->phones, m->frames, "frames are phones of the table");
    if (m->by_pitch)
        none |= input_warn_of(o->pitch, m->pitched, m->voiced,
                              m->by_phone ? "frames of vowels and voiced consonants have pitch"
                                          : "frames have pitch");
    if (m->by_speaker)
        none |=
            input_warn_of(o->speakers, m->listed, m->recordings, "recordings are of its speakers");
    for (unsigned x = 0; x < o->extras; x++)
        none |= input_warn_of(o->extra[x].file, m->valued[x], m->frames, "frames have a value");
    return none && !o->shards;
}
