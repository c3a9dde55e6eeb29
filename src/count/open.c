/*
 * Opening a counting job: all that can be wrong with inputs and output is found out here.
 */
#include "config.h"

#include "count/count_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/number.h"
#include "count/team.h"
#include "formats/tokenfile.h"

/* Shortest text of 6 digits or more that reads back as V. */
static struct number edge_text(double v)
{
    struct number text = number_short(v, 6);
    /* 17 digits always read back as the same double. */
    for (int digits = 7; digits <= 17 && strtod(text.text, NULL) != v; digits++)
        text = number_short(v, digits);
    return text;
}

void count_set_edges(struct count_job *j, const double edges[2])
{
    memcpy(j->align.pitch_edges, edges, sizeof j->align.pitch_edges);
    snprintf(j->edges, sizeof j->edges, "%s,%s", edge_text(edges[0]).text,
             edge_text(edges[1]).text);
}

/* Corpus and model, and how they are aligned. A pitch list that is shorter than the labels lacks
 * its missing frames in front in the published program, half on each side otherwise (align.h). */
static enum status open_inputs(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    enum status code = corpus_open(&j->corpus, &o->corpus, err);
    if (code)
        return code;
    if (j->corpus.edged)
        count_set_edges(j, j->corpus.edges);
    struct model_options mo = {.mean_std = o->mean_std, .normalize = o->normalize};
    if ((code = model_open(&j->model, o->model, &mo, err)))
        return code;
    j->info = model_info(j->model);
    for (uint32_t l = 0; l < j->info->layers && o->tokens; l++)
        if (j->info->width[l] > TOKENS_MAX_WIDTH)
            return err_set(err, STATUS_UNSUPPORTED,
                           "%s: layer %u has %u neurons, but tokens are of up to %u", o->model,
                           l + 1, j->info->width[l], TOKENS_MAX_WIDTH);
    j->align.grid = frame_grid_midpoints(j->info->frame_ms / 1000);
    j->align.frames = o->frames;
    j->align.pitch = o->frames == COUNTS_FRAMES_AUTHORS ? ALIGN_PITCH_FRONT : ALIGN_PITCH_CENTRED;
    j->align.phones = &j->corpus.phones;
    return STATUS_OK;
}

/* The built-in factors in the order of the enum, whatever order they were asked for in; without the
 * speaker where that would be too large. */
static void list_factors(struct count_job *j)
{
    j->by = j->options->corpus.by;
    if (j->options->speaker_if_small && j->by >> CORPUS_SPEAKER & 1 &&
        count_speaker_bytes(j) >= COUNT_SPEAKER_BYTES) {
        j->dropped = count_speaker_bytes(j);
        j->by &= ~(1u << CORPUS_SPEAKER);
    }
    for (int f = 0; f < CORPUS_FACTORS; f++)
        if (j->by >> f & 1)
            j->kind[j->built_in++] = (enum corpus_factor)f;
}

/* The columns of the speaker table for the recordings' speakers, by the names they are counted
 * under, and the one for strata: STATUS_NOTFOUND if there is none of that name. */
static enum status list_columns(struct count_job *j, struct err *err)
{
    const struct speakers *s = &j->corpus.speakers;
    const char *strata = j->options->strata;
    if (strata && names_find(&s->column, strata) == NAMES_NONE) {
        struct buf list = BUF_INIT;
        for (uint32_t k = 0; k < s->column.count; k++)
            buf_printf(&list, "%s%s", k ? ", " : "", s->column.name[k]);
        err_set(err, STATUS_NOTFOUND, "%s: no column '%.60s' (there are: %s)",
                j->options->corpus.speakers, strata, list.len ? buf_text(&list) : "none");
        buf_free(&list);
        return STATUS_NOTFOUND;
    }
    for (size_t i = 0; i < j->corpus.recordings.count; i++) {
        const struct recording *r = &j->corpus.recordings.recording[i];
        char speaker[SPEAKER_MAX];
        uint32_t row = r->row;
        snprintf(speaker, sizeof speaker, "%s", r->speaker);
        counts_clean(speaker);
        for (uint32_t k = 0; k < s->column.count; k++) {
            const char *value =
                row == NAMES_NONE ? "" : s->value[(size_t)row * s->column.count + k];
            if (!columns_put(&j->columns, speaker, s->column.name[k], value))
                return err_nomem(err);
        }
    }
    if (strata && !(j->columns.strata = mem_strndup(strata, strlen(strata))))
        return err_nomem(err);
    return STATUS_OK;
}

/* A journal lies next to a regular file; other outputs (a pipe, /dev/stdout) have none. */
static enum status name_journal(struct count_job *j, struct err *err)
{
    struct stat st;
    struct buf name = BUF_INIT;
    const char *path = j->options->output;
    bool there = stat(path, &st) == 0;
    if (there && S_ISDIR(st.st_mode))
        return err_set(err, STATUS_IO, "%s: is a folder", path);
    if (there && !S_ISREG(st.st_mode))
        return STATUS_OK;
    buf_printf(&name, "%s.journal", path);
    if (buf_ok(&name))
        j->journal = mem_strndup(buf_text(&name), name.len);
    buf_free(&name);
    return j->journal ? STATUS_OK : err_nomem(err);
}

enum status count_open(struct count_job **out, const struct count_options *options, struct err *err)
{
    struct count_job *j = mem_zeros(1, sizeof *j);
    enum status code;
    if (!j)
        return err_nomem(err);
    j->options = options;
    j->journal_fd = j->spill.fd = -1;
    pthread_mutex_init(&j->lock, NULL);
    worker_condition(&j->changed);
    pthread_cond_init(&j->filled, NULL);
    code = team_leads(options->team) ? name_journal(j, err) : STATUS_OK;
    if (!code)
        code = spill_name(j, err);
    if (!code)
        /* Before anything is read: a second run with the same output ends at once. */
        code = journal_lock(j, err);
    if (!code)
        code = open_inputs(j, err);
    if (!code)
        code = list_columns(j, err);
    if (!code)
        list_factors(j);
    if (!code)
        code = tally_init(&j->tally, j, err);
    if (!code)
        code = journal_settings(j, err);
    if (!code && options->resume)
        code = journal_load(j, err);
    if (!code)
        code = spill_check(j, err);
    if (!code) {
        /* The first journal also shows that the output's folder can be written to. */
        pthread_mutex_lock(&j->lock);
        code = journal_save(j, err);
        pthread_mutex_unlock(&j->lock);
    }
    if (!code)
        code = spill_open(j, err);
    /* Every process gets here, also after a failure, or the others would wait for it. */
    code = team_agree(j, code, err);
    if (code)
        count_free(j);
    else
        *out = j;
    return code;
}
