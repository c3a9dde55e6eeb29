/*
 * Results of an evaluation as text for people; TSV and JSON come from its table.
 */
#include "config.h"

#include "cli/commands/eval_print.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "base/ties.h"
#include "cli/commands/analysis_options.h"
#include "cli/commands/print_tables.h"

/* One line of the result: a measure, in total (EVAL_TOTAL) or in a group. */
struct line {
    const char *measure, *factor, *level;
    const struct eval_score *score, *before; /* before: NULL as in the report */
};

static bool is_f0(const struct eval_report *r)
{
    return eval_task_about(r->options->task)->squares;
}

/* Line of MEASURE and GROUP; false for a group without trials. */
static bool line_at(const struct eval_report *r, uint32_t measure, uint32_t group, struct line *l)
{
    uint32_t n;
    const struct eval_group *g = eval_groups(r->eval, &n);
    *l = (struct line){.measure = eval_measures(r->eval, &n)[measure],
                       .score = eval_score(r->result, measure, group),
                       .before = r->before ? eval_score(r->before, measure, group) : NULL};
    if (group != EVAL_TOTAL) {
        l->factor = g[group].factor;
        l->level = g[group].level;
    }
    return group == EVAL_TOTAL || l->score->trials > 0;
}

/* Calls EACH for every line, in order. */
static void each_line(const struct eval_report *r, uint32_t measure,
                      void (*each)(void *context, const struct line *l), void *context)
{
    struct line l;
    line_at(r, measure, EVAL_TOTAL, &l);
    each(context, &l);
    for (uint32_t g = 0; g < r->result->groups; g++)
        if (line_at(r, measure, g, &l))
            each(context, &l);
}

struct printing {
    const struct eval_report *r;
    FILE *out;
    int width; /* of the names */
};

/* Columns of the line's name as text_line prints it: "factor=level", or "all". */
static int label_width(const struct line *l)
{
    return l->factor ? name_width(l->factor) + 1 + name_width(l->level) : 3;
}

static void eval_print_widen(void *context, const struct line *l)
{
    struct printing *p = context;
    if (label_width(l) > p->width)
        p->width = label_width(l);
}

/* One line of the result: errors in percent and loss, or for F0, a regression, the mean squared
 * error and R2. With an edit, the value before and the change follow. */
static void text_line(void *context, const struct line *l)
{
    struct printing *p = context;
    const struct eval_score *s = l->score, *b = l->before;
    if (l->factor) {
        print_name(p->out, l->factor, 0);
        fputc('=', p->out);
    }
    print_name(p->out, l->factor ? l->level : "all",
               p->width - (l->factor ? name_width(l->factor) + 1 : 0));
    fprintf(p->out, "  %8" PRIu64, s->trials);
    if (is_f0(p->r)) {
        print_real(p->out, eval_loss(s), 10, 5);
        print_real(p->out, eval_r2(s), 8, 3);
    } else {
        fprintf(p->out, "  %8" PRIu64, s->errors);
        print_real(p->out, 100 * eval_error(s), 9, 2);
        print_real(p->out, eval_loss(s), 9, 4);
    }
    if (b && is_f0(p->r))
        fprintf(p->out, "  %9s  %9s", number_fixed(eval_loss(b), 5).text,
                number_signed(ties_difference(eval_loss(s), eval_loss(b)), 5).text);
    else if (b)
        fprintf(p->out, "  %8s  %7s", number_fixed(100 * eval_error(b), 2).text,
                number_signed(100 * ties_difference(eval_error(s), eval_error(b)), 2).text);
    fputc('\n', p->out);
}

/* The line on what was evaluated: model, task, recordings, and every setting that changes the
 * numbers. */
static void print_head(FILE *out, const struct eval_report *r)
{
    size_t left, all = eval_recordings(r->eval, &left);
    const struct eval_options *o = r->options;
    print_name(out, eval_model(r->eval)->name, 0);
    fprintf(out, ": %s, %zu recordings", eval_task_names[o->task], all - left);
    if (left)
        fprintf(out, " (%zu left out)", left);
    if (o->piece > 0)
        fprintf(out, ", pieces of %s s", number_short(o->piece, 6).text);
    if (o->noise > 0)
        fprintf(out, ", noise %s (seed %" PRIu64 ")", number_short(o->noise, 6).text, o->seed);
    if (!eval_fits(r->eval) && eval_task_about(o->task)->fits)
        fputs(", by its head", out);
    if (eval_fits(r->eval))
        fprintf(out, ", layer %u", o->layer ? o->layer : eval_model(r->eval)->layers);
    if (r->edit) {
        fputs(", ", out);
        print_name(out, r->edit, 0);
    }
    fputc('\n', out);
}

/* What the errors of log F0 are to be compared with. */
static void print_baselines(FILE *out, const struct eval_report *r, uint32_t measure)
{
    const struct eval_score *s = eval_score(r->result, measure, EVAL_TOTAL);
    fprintf(out, "\nmse of the mean %s, of each speaker's mean %s, of the frame before %s\n",
            number_fixed(eval_variance(s), 5).text,
            number_fixed(report_speaker_variance(r->eval, r->result, measure), 5).text,
            number_fixed(eval_previous(s), 5).text);
}

/* A table for each measure, with the column of names as wide as the longest of them. */
static void print_text(struct printing *p)
{
    const struct eval_report *r = p->r;
    uint32_t measures;
    const char *const *name = eval_measures(r->eval, &measures);
    print_head(p->out, r);
    for (uint32_t m = 0; m < measures; m++) {
        p->width = (int)strlen(name[m]);
        each_line(r, m, eval_print_widen, p);
        fprintf(p->out, "\n%-*s  %8s", p->width, name[m], "trials");
        if (is_f0(r))
            fprintf(p->out, "%10s%8s", "mse", "r2");
        else
            fprintf(p->out, "  %8s%9s%9s", "errors", "error %", "loss");
        if (r->before)
            fprintf(p->out, is_f0(r) ? "  %9s  %9s" : "  %8s  %7s", "before", "change");
        fputc('\n', p->out);
        each_line(r, m, text_line, p);
        if (is_f0(r))
            print_baselines(p->out, r, m);
    }
}

/* The same for programs. */
static enum status print_tables(FILE *out, enum cli_format format, const struct eval_report *r,
                                struct err *err)
{
    struct answer answer = ANSWER_INIT;
    enum status code = report_eval_summary(answer_add(&answer), r->eval, r->options, r->edit, err);
    if (!code)
        code = report_eval(answer_add(&answer), r->eval, r->options, r->result, r->before, err);
    if (!code)
        code = answer_print(out, format, &answer, err);
    answer_free(&answer);
    return code;
}

enum status eval_print(FILE *out, const struct cli *cli, const struct eval_report *r,
                       struct err *err)
{
    struct printing p = {.r = r, .out = out};
    if (cli->format != CLI_TEXT)
        return print_tables(out, cli->format, r, err);
    print_text(&p);
    return STATUS_OK;
}
