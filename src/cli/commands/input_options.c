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
static const char *take_factor(struct input_request *r, const char *value)
{
    struct count_options *o = &r->o;
    struct count_extra *x = &r->extra[o->extras];
    size_t n = strcspn(value, "=");
    if (o->extras == COUNT_MAX_EXTRAS)
        return "--factor cannot be given more than 12 times";
    if (n >= sizeof x->name || !value[n] || !value[n + 1])
        return "--factor needs NAME=FILE";
    *x = (struct count_extra){.file = value + n + 1};
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

const char *input_options_take(struct input_request *r, int opt, const char *value)
{
    struct count_options *o = &r->o;
    switch (opt) {
    case INPUT_MODEL: o->model = value; break;
    case INPUT_AUDIO: o->audio = value; break;
    case INPUT_LABELS: o->labels = value; break;
    case INPUT_SPEAKERS: o->speakers = value; break;
    case INPUT_PITCH: o->pitch = value; break;
    case INPUT_PITCH_EDGES:
        o->edges_given = true;
        return parse_edges(value, o->pitch_edges) ? NULL
                                                  : "--pitch-edges needs two rising frequencies";
    case INPUT_LABEL_TABLE: o->label_table = value; break;
    case INPUT_TIER: o->tier = value; break;
    case INPUT_PHONES: o->phones = value; break;
    case INPUT_MEAN_STD: o->mean_std = value; break;
    case INPUT_NORMALIZE:
        return model_normalize_parse(value, &o->normalize) ? NULL : "--normalize needs yes or no";
    default: return take_factor(r, value);
    }
    return NULL;
}

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
