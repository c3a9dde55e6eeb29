/*
 * Reading the log of a run, by the names of its columns: those that a run does not have are
 * missing.
 */
#include "config.h"

#include "train/training_log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/columns_text.h"
#include "formats/folder.h"

#define SPEED_ROWS 100

static const struct {
    const char *name;
    size_t offset;
    bool needed;
} training_columns[] = {
    {"loss", offsetof(struct training_step, loss), true},
    {"accuracy", offsetof(struct training_step, accuracy), false},
    {"lr", offsetof(struct training_step, rate), false},
    {"grad_norm", offsetof(struct training_step, norm), false},
    {"skipped", offsetof(struct training_step, skipped), false},
    {"seconds", offsetof(struct training_step, seconds), false},
    {"valid_loss", offsetof(struct training_step, valid_loss), false},
    {"valid_error", offsetof(struct training_step, valid_error), false},
    {"cut", offsetof(struct training_step, cut), false},
    {"kept", offsetof(struct training_step, kept), false},
};

enum { COLUMNS = sizeof training_columns / sizeof *training_columns };

void training_log_free(struct training_log *l)
{
    free(l->path);
    free(l->step);
    *l = (struct training_log){.path = NULL};
}

/* Adds S behind the steps before it. */
static enum status training_log_add(struct training_log *l, const struct training_step *s,
                                    struct err *err)
{
    while (l->count > 0 && l->step[l->count - 1].step >= s->step)
        l->count--;
    if (!mem_grow(&l->step, &l->cap, l->count + 1, sizeof *l->step))
        return err_nomem(err);
    l->step[l->count++] = *s;
    return STATUS_OK;
}

static enum status training_log_row(struct training_log *l, const struct columns_text *c, int step,
                                    const int column[COLUMNS], struct err *err)
{
    struct training_step s;
    double number;
    enum status code = columns_text_real(c, step, &number, err);
    if (!code && !(number >= 0 && number <= 0x1p53 && number == floor(number)))
        code = err_set(err, STATUS_FORMAT, "%s:%zu: step is not a whole number", c->path,
                       c->lines.number);
    if (code)
        return code;
    s.step = (uint64_t)number;
    for (int i = 0; i < COLUMNS && !code; i++) {
        code = columns_text_real(c, column[i], &number, err);
        memcpy((char *)&s + training_columns[i].offset, &number, sizeof number);
    }
    return code ? code : training_log_add(l, &s, err);
}

/* The rows of C, whose heading says which columns there are. */
static enum status training_log_rows(struct training_log *l, struct columns_text *c,
                                     struct err *err)
{
    int step, column[COLUMNS];
    bool there = true;
    enum status code = columns_text_need(c, "step", &step, err);
    for (int i = 0; i < COLUMNS && !code; i++) {
        column[i] = columns_text_find(c, training_columns[i].name);
        if (training_columns[i].needed)
            code = columns_text_need(c, training_columns[i].name, &column[i], err);
    }
    if (!code)
        l->cuts = columns_text_find(c, "cut") >= 0;
    while (!code && there && !(code = columns_text_next(c, &there, err)))
        if (there)
            code = training_log_row(l, c, step, column, err);
    return code;
}

enum status training_log_read(struct training_log *out, const char *path, struct err *err)
{
    struct buf name = BUF_INIT;
    struct columns_text c;
    *out = (struct training_log){.path = NULL};
    buf_printf(&name, folder_is(path) ? "%s/" TRAINING_LOG_NAME : "%s", path);
    if (!buf_ok(&name)) {
        buf_free(&name);
        return err_nomem(err);
    }
    out->path = name.data;
    enum status code = columns_text_open(&c, out->path, true, err);
    if (!code)
        code = training_log_rows(out, &c, err);
    columns_text_close(&c);
    return code;
}

double training_log_speed(const struct training_log *l)
{
    size_t first = l->count > SPEED_ROWS ? l->count - SPEED_ROWS : 0;
    double seconds = 0;
    uint64_t before = first > 0 ? l->step[first - 1].step : 0;
    for (size_t i = first; i < l->count; i++)
        seconds += l->step[i].seconds;
    return l->count > 0 && seconds > 0 ? (double)(l->step[l->count - 1].step - before) / seconds
                                       : NAN;
}
