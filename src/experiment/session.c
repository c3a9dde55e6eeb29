/*
 * Running a request in this process.
 */
#include "config.h"

#include "experiment/session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "corpus/recordings.h"
#include "formats/folder.h"
#include "formats/tensors/safetensors.h"

/* Model, recordings and head first, since they are checked against each other; then the weights
 * that pruning and matching look at, and the count file. */
static enum status session_open_files(struct experiment_session *s,
                                      const struct experiment_request *r, struct err *err)
{
    s->how = r->eval;
    s->how.corpus.phones = r->analysis.phones;
    s->how.corpus.extra = r->extra;
    s->how.corpus.extras = r->extras;
    s->how.threads = s->options->threads;
    enum status code = eval_open(&s->eval, &s->how, s->options->hooks, err);
    if (!code)
        code = checkpoint_open(&s->checkpoint, r->eval.model, err);
    s->has_counts = r->counts != NULL;
    if (!code && s->has_counts)
        code = analysis_open(&s->counted, r->counts, &r->analysis, err);
    return code;
}

/* The table that --strata names a column of: the recordings' own where the count file has none
 * such; NULL: the count file. */
static const char *session_strata_table(const struct experiment_session *s,
                                        const struct experiment_request *r)
{
    if (!s->has_counts || !r->strata || strcmp(r->strata, "none") == 0 ||
        counts_find_column(&s->counted.counts, r->strata) >= 0)
        return NULL;
    return r->eval.corpus.speakers;
}

/* The edit that is done to each row, and the plan of the rows and their controls. */
static enum status session_plan_matrix(struct experiment_session *s,
                                       const struct experiment_request *r, struct err *err)
{
    s->edit = (struct edit){.kind = r->mean ? EDIT_MEAN : EDIT_SCALE,
                            .gain = r->gain,
                            .means = &s->means,
                            .means_path = r->mean};
    const struct matrix_options o = {.analysis = s->has_counts ? &s->counted.analysis : NULL,
                                     .checkpoint = &s->checkpoint,
                                     .property = r->property,
                                     .set = r->set,
                                     .layers = r->layers,
                                     .by = r->by,
                                     .edit = &s->edit,
                                     .controls = r->controls,
                                     .seed = r->eval.seed,
                                     .relabel = r->relabel,
                                     .audio = r->eval.corpus.audio,
                                     .strata = r->strata,
                                     .speakers = session_strata_table(s, r),
                                     .threads = s->how.threads ? s->how.threads : 1,
                                     .cancel = s->options->hooks->cancel};
    enum status code = r->mean ? safetensors_open(&s->means, r->mean, err) : STATUS_OK;
    if (!code)
        code = matrix_make(&s->matrix, &o, s->eval, &s->how, err);
    s->x = &s->matrix.x;
    s->run.sets = matrix_sets;
    s->run.context = &s->matrix;
    s->run.edit = &s->edit;
    return code;
}

/* The shares that were asked for, or every tenth. */
static enum status session_plan_curve(struct experiment_session *s,
                                      const struct experiment_request *r, struct err *err)
{
    static const double usual[] = {0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1};
    struct curve_options o = {.analysis = s->has_counts ? &s->counted.analysis : NULL,
                              .checkpoint = &s->checkpoint,
                              .protect = r->protect,
                              .layers = r->layers,
                              .by = r->by,
                              .how = r->how,
                              .keep = r->points ? r->keep : usual,
                              .points = r->points ? r->points : sizeof usual / sizeof *usual,
                              .draws = r->draws,
                              .relabel = r->relabel,
                              .strata = r->strata,
                              .speakers = session_strata_table(s, r),
                              .threads = s->how.threads ? s->how.threads : 1,
                              .cancel = s->options->hooks->cancel};
    /* One seed serves noise, random pruning and controls. */
    o.how.seed = r->eval.seed;
    enum status code = curve_make(&s->curve, &o, s->eval, &s->how, err);
    s->x = &s->curve.x;
    s->run.sets = curve_sets;
    s->run.context = &s->curve;
    return code;
}

/* Where the journal lies, "" for none: next to a regular output, or where the request says. */
static enum status session_name_journal(struct experiment_session *s,
                                        const struct experiment_request *r, struct err *err)
{
    const char *output = s->options->output;
    struct stat st;
    if (output && r->journal && strcmp(output, r->journal) == 0)
        return err_set(err, STATUS_USAGE, "%s: -o and --journal name the same file", r->journal);
    /* Named by kind and settings: the same request finds its own journal again. */
    if (r->journal && folder_is(r->journal))
        buf_printf(&s->journal, "%s/%s-%016" PRIx64 ".journal", r->journal,
                   experiment_kind_name(s->x->kind), corpus_hash(s->x->settings));
    else if (r->journal)
        buf_str(&s->journal, r->journal);
    else if (output && strcmp(output, "-") != 0 && (stat(output, &st) != 0 || S_ISREG(st.st_mode)))
        buf_printf(&s->journal, "%s.journal", output);
    return buf_ok(&s->journal) ? STATUS_OK : err_nomem(err);
}

/* The request as the journal keeps it: for people, and to be continued by another process. */
static enum status session_keep_request(struct experiment *x, const struct experiment_request *r,
                                        struct err *err)
{
    struct buf command = BUF_INIT, text = BUF_INIT;
    experiment_request_command(r, &command);
    experiment_request_write(r, &text);
    bool good = buf_ok(&command) && buf_ok(&text);
    x->command = good ? mem_strndup(buf_text(&command), command.len) : NULL;
    x->request = good ? mem_strndup(buf_text(&text), text.len) : NULL;
    buf_free(&command);
    buf_free(&text);
    return x->command && x->request ? STATUS_OK : err_nomem(err);
}

enum status experiment_session_open(struct experiment_session *s,
                                    const struct experiment_request *r,
                                    const struct experiment_options *options, struct err *err)
{
    *s = (struct experiment_session){.options = options, .journal = BUF_INIT, .run.file.fd = -1};
    enum status code = experiment_request_check(r, err);
    if (!code)
        code = session_open_files(s, r, err);
    if (!code && options->opened)
        options->opened(options->context, s);
    if (!code)
        code = r->kind == EXPERIMENT_MATRIX ? session_plan_matrix(s, r, err)
                                            : session_plan_curve(s, r, err);
    if (!code)
        code = session_name_journal(s, r, err);
    if (!code)
        code = session_keep_request(s->x, r, err);
    /* What was opened so far is closed; no results are lost, since no step was done. */
    if (code) {
        experiment_session_close(s, false);
        return code;
    }
    s->run.eval = s->eval;
    s->run.journal = s->journal.len ? buf_text(&s->journal) : NULL;
    s->run.resume = !options->restart;
    /*
     * A journal that was asked for stays; one next to the output goes once the results are there.
     */
    s->run.keep = r->journal != NULL;
    s->run.stepped = options->stepped;
    s->run.shown = options->context;
    s->run.hooks = options->hooks;
    return STATUS_OK;
}

enum status experiment_session_run(struct experiment_session *s, struct err *err)
{
    enum status code = experiment_do(s->x, &s->run, err);
    if (code == STATUS_CANCELLED)
        err_set(err, code, "stopped after %" PRIu32 " of %" PRIu32 " runs%s%s", s->x->done,
                s->x->steps, s->run.journal ? "; the same command resumes from " : "",
                s->run.journal ? s->run.journal : "");
    return code;
}

void experiment_session_close(struct experiment_session *s, bool done)
{
    /* First: it uses the path of the journal, which belongs to the session. */
    experiment_finish(&s->run, done);
    matrix_free(&s->matrix);
    curve_free(&s->curve);
    eval_free(s->eval);
    checkpoint_free(&s->checkpoint);
    tensors_free(&s->means);
    analysis_close(&s->counted);
    buf_free(&s->journal);
    *s = (struct experiment_session){.x = NULL};
}
