/* propneu/count.h: one call that opens a counting job, runs it and frees it. */
#include "config.h"

#include <propneu/count.h>

#include "api/api.h"
#include "api/api_corpus.h"
#include "api/api_model.h"
#include "count/count.h"

_Static_assert((int)PN_FRAMES_AUTHORS == (int)COUNTS_FRAMES_AUTHORS, "the same numbers");
_Static_assert(PN_MAX_LAMBDAS == COUNTS_MAX_LAMBDAS, "as many inside");

void pn_count_options_init(struct pn_count_options *options)
{
    *options = (struct pn_count_options){.lambda = {1}, .lambdas = 1, .frames = PN_FRAMES_ALL};
    pn_model_options_init(&options->model_options);
    pn_corpus_options_init(&options->corpus);
}

/* The caller's hooks, and the flag that their answer sets. */
struct count_listener {
    const struct pn_count_hooks *hooks; /* NULL: none */
    struct cancel cancel;
};

/* The totals in the struct of the interface, which keeps its layout when ours changes. */
static struct pn_count_totals count_api_totals(const struct count_totals *t)
{
    return (struct pn_count_totals){.utterances = t->utterances,
                                    .counted = t->counted,
                                    .resumed = t->resumed,
                                    .left_out = count_left_out(t),
                                    .samples = t->samples,
                                    .frames = t->frames};
}

/* Passes a message on; its kind is not part of the interface. */
static void listener_problem(void *context, enum count_problem kind, const char *message)
{
    const struct count_listener *l = context;
    (void)kind;
    if (l->hooks && l->hooks->problem)
        l->hooks->problem(l->hooks->context, message);
}

/* Passes the totals on; an answer other than 0 stops the run after the recordings in work. */
static void listener_progress(void *context, const struct count_totals *totals)
{
    struct count_listener *l = context;
    const struct pn_count_totals t = count_api_totals(totals);
    if (l->hooks && l->hooks->progress && l->hooks->progress(l->hooks->context, &t))
        cancel_set(&l->cancel);
}

/* While tertiles are found no utterance is counted yet. */
static void listener_tracking(void *context, uint64_t done, uint64_t all)
{
    const struct count_totals t = {.utterances = all};
    (void)done;
    listener_progress(context, &t);
}

/* OPTIONS in the words of count.h into O, which borrows from MEMORY. */
static enum status count_translate(struct count_options *o, struct api_corpus *memory,
                                   const struct pn_count_options *options, struct err *err)
{
    const struct model_options m = api_model_options(&options->model_options);
    if (!options->model || !options->output || !options->corpus.labels)
        return err_set(err, STATUS_USAGE, "a model, labels and an output are needed to count");
    if (options->lambdas < 1 || options->lambdas > PN_MAX_LAMBDAS)
        return err_set(err, STATUS_USAGE, "there are 1 to %d lambdas", PN_MAX_LAMBDAS);
    for (uint32_t k = 0; k < options->lambdas; k++)
        if (!(options->lambda[k] > 0 && options->lambda[k] <= 100))
            return err_set(err, STATUS_USAGE, "lambda is above 0 and up to 100 percent");
    *o = (struct count_options){.model = options->model,
                                .mean_std = m.mean_std,
                                .normalize = m.normalize,
                                .lambda_percent = options->lambda[0],
                                .lambda = options->lambda,
                                .lambdas = options->lambdas > 1 ? options->lambdas : 0,
                                .frames = (enum counts_frames)options->frames,
                                .threads = api_threads(options->threads),
                                .output = options->output,
                                .resume = !options->no_resume,
                                .created_by = "libpropneu " PACKAGE_VERSION,
                                .command = options->command ? options->command : "pn_count_run"};
    return api_corpus_options(&o->corpus, memory, &options->corpus, err);
}

/* TOTALS are set even on failure: after a cancellation they say how much the journal holds. */
enum pn_status pn_count_run(const struct pn_count_options *options,
                            const struct pn_count_hooks *hooks, struct pn_count_totals *totals,
                            struct pn_error *error)
{
    struct err e;
    struct count_options o;
    struct api_corpus memory;
    struct count_job *job = NULL;
    struct count_listener listener = {.hooks = hooks};
    const struct count_hooks inner = {.problem = listener_problem,
                                      .progress = listener_progress,
                                      .tracking = listener_tracking,
                                      .context = &listener,
                                      .cancel = &listener.cancel};
    cancel_init(&listener.cancel, NULL);
    enum status code = count_translate(&o, &memory, options, &e);
    if (!code)
        code = count_open(&job, &o, &e);
    if (!code)
        code = count_run(job, &inner, &e);
    if (code == STATUS_CANCELLED)
        err_set(&e, code, "%s: stopped; %s.journal holds what was counted", o.output, o.output);
    if (totals)
        *totals = job ? count_api_totals(count_totals(job)) : (struct pn_count_totals){0};
    count_free(job);
    return api_result(code, &e, error);
}
