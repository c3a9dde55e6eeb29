/*
 * The lines of a journal's settings that say what is evaluated: equal settings give equal results,
 * so files count by their contents, not by their names.
 */
#include "config.h"

#include "base/number.h"
#include "corpus/recordings.h"
#include "experiment/experiment.h"
#include "base/settings.h"

static void settings_add_path(struct buf *b, const char *what, const char *path)
{
    settings_add_digest(b, what, corpus_digest_path(path));
}

/* Bundled tables have names that are no files: their digest is 0 and the name says all. */
static void settings_add_table(struct buf *b, const char *what, const char *name)
{
    if (name && corpus_digest_path(name) == 0)
        buf_printf(b, "%s: %s\n", what, name);
    else
        settings_add_path(b, what, name);
}

enum status experiment_settings(struct buf *b, const struct eval *e, const struct eval_options *o,
                                struct err *err)
{
    const struct corpus_options *in = &o->corpus;
    const struct model_info *m = eval_model(e);
    struct recordings recordings;
    enum status code = recordings_open(&recordings, in->audio, err);
    if (code)
        return code;
    buf_printf(b, "version of propneu: %s\n", PACKAGE_VERSION);
    settings_add_digest(b, "model (-m)", m->fingerprint);
    settings_add_path(b, "--mean-std", o->mean_std);
    if (m->normalize_from)
        buf_printf(b, "--normalize: %s\n", m->normalize ? "yes" : "no");
    settings_add_digest(b, "corpus (-a)", recordings_digest(&recordings));
    settings_add_path(b, "labels (-l)", in->labels);
    settings_add_path(b, "--label-table", in->label_table);
    buf_printf(b, "--tier: %s\n", in->tier ? in->tier : "");
    buf_printf(b, "--label-part: %u\n", in->label_part ? in->label_part : 1);
    settings_add_table(b, "--phones", in->phones);
    settings_add_path(b, "--speakers", in->speakers);
    settings_add_table(b, "--pitch", in->pitch);
    if (in->edges_given)
        buf_printf(b, "--pitch-edges: %s,%s\n", number_short(in->pitch_edges[0], 17).text,
                   number_short(in->pitch_edges[1], 17).text);
    for (unsigned x = 0; x < in->extras; x++) {
        buf_printf(b, "--factor: %s\n", in->extra[x].name);
        settings_add_path(b, "--factor", in->extra[x].file);
    }
    buf_printf(b, "--task: %s\n--layer of the task: %u\n", eval_task_names[o->task], o->layer);
    buf_printf(b, "--min-run: %u\n--refit: %s\n", o->min_run, o->refit ? "yes" : "no");
    buf_printf(b, "--piece: %s\n--noise: %s\n--seed: %llu\n", number_short(o->piece, 17).text,
               number_short(o->noise, 17).text, (unsigned long long)o->seed);
    recordings_free(&recordings);
    return buf_ok(b) ? STATUS_OK : err_nomem(err);
}
