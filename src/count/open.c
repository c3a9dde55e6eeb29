#include "config.h"

#include "count/count_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/number.h"
#include "count/team.h"

/* Shortest text of 6 digits or more that reads back as V. */
static struct number edge_text(double v)
{
    struct number text = number_short(v, 6);
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

/* Cuts the corpus down to its shard; what belongs to the whole of it was found before. */
static enum status take_shard(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    struct corpus *c = &j->in.corpus;
    char number[16];
    if (!o->shards)
        return STATUS_OK;
    if (o->shards > c->count)
        return err_set(err, STATUS_MISMATCH, "%s: %zu recordings do not make %u shards", o->audio,
                       c->count, o->shards);
    j->shards = (struct shards){o->shards, NULL, c->count, corpus_names_digest(c)};
    snprintf(number, sizeof number, "%u", o->shard);
    corpus_shard(c, o->shard, o->shards);
    j->shards.held = mem_strndup(number, strlen(number));
    return j->shards.held ? STATUS_OK : err_nomem(err);
}

static enum status open_inputs(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    enum status code = inputs_open(&j->in, o, err);
    if (!code)
        code = take_shard(j, err);
    if (code)
        return code;
    if (j->in.edged)
        count_set_edges(j, j->in.edges);
    struct model_options mo = {.mean_std = o->mean_std, .normalize = o->normalize};
    if ((code = model_open(&j->model, o->model, &mo, err)))
        return code;
    j->info = model_info(j->model);
    j->align.grid = frame_grid_midpoints(j->info->frame_ms / 1000);
    j->align.frames = o->frames;
    j->align.pitch = o->frames == COUNTS_FRAMES_AUTHORS ? ALIGN_PITCH_FRONT : ALIGN_PITCH_CENTRED;
    j->align.phones = &j->in.phones;
    return STATUS_OK;
}

static void list_factors(struct count_job *j)
{
    for (int f = 0; f < COUNT_FACTORS; f++)
        if (j->options->by >> f & 1)
            j->kind[j->built_in++] = (enum count_factor)f;
}

/* Journals need a regular file to lie beside. */
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
    j->journal_fd = -1;
    pthread_mutex_init(&j->lock, NULL);
    worker_condition(&j->changed);
    pthread_cond_init(&j->filled, NULL);
    list_factors(j);
    code = team_leads(options->team) ? name_journal(j, err) : STATUS_OK;
    if (!code)
        code = journal_lock(j, err);
    if (!code)
        code = open_inputs(j, err);
    if (!code)
        code = tally_init(&j->tally, j, err);
    if (!code)
        code = journal_settings(j, err);
    if (!code && options->resume)
        code = journal_load(j, err);
    if (!code) {
        /* The first journal also shows that the output's folder can be written to. */
        pthread_mutex_lock(&j->lock);
        code = journal_save(j, err);
        pthread_mutex_unlock(&j->lock);
    }
    code = team_agree(j, code, err);
    if (code)
        count_free(j);
    else
        *out = j;
    return code;
}
