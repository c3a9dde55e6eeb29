#include "config.h"

#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "propneu/mem.h"
#include "team.h"

/* Shortest text that reads back as V. */
static void print_number(double v, char text[32])
{
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, 32, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
}

void count_set_edges(struct count_job *j, const double edges[2])
{
    char low[32], high[32];
    memcpy(j->align.pitch_edges, edges, sizeof j->align.pitch_edges);
    print_number(edges[0], low);
    print_number(edges[1], high);
    snprintf(j->edges, sizeof j->edges, "%s,%s", low, high);
}

static enum status open_pitch(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    double edges[2];
    enum status code = pitches_open(&j->pitch, o->pitch, err);
    if (code || pitches_classes(&j->pitch))
        return code;
    if (o->edges_given) {
        count_set_edges(j, o->pitch_edges);
    } else if (j->pitch.file) {
        if ((code = count_tertiles(&j->corpus, j->pitch.file, edges, err)))
            return err_prefix(err, "%s", o->pitch);
        count_set_edges(j, edges);
    }
    return STATUS_OK;
}

/* One recording at least must have labels, else the two do not belong together. */
static enum status check_labels(const struct count_job *j, struct err *err)
{
    size_t a = 0, b = 0, labels = labels_count(j->labels);
    while (a < j->corpus.count && b < labels) {
        int order = strcmp(j->corpus.recording[a].utterance, labels_utterance(j->labels, b));
        if (order == 0)
            return STATUS_OK;
        order < 0 ? a++ : b++;
    }
    return err_set(err, STATUS_MISMATCH,
                   "%s: labels of none of the recordings in %s (there are recordings like '%.60s', "
                   "labels like '%.60s')",
                   j->options->labels, j->options->audio, j->corpus.recording[0].utterance,
                   labels ? labels_utterance(j->labels, 0) : "");
}

/* The user's own factors; one recording at least must have a value of each. */
static enum status open_extras(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    const struct factor_span *spans;
    for (unsigned x = 0; x < o->extras; x++) {
        size_t i = 0;
        enum status code = factorfile_open(&j->extra[x], o->extra[x].file, err);
        if (code)
            return code;
        while (i < j->corpus.count &&
               factorfile_find(&j->extra[x], j->corpus.recording[i].utterance, &spans) == 0)
            i++;
        if (i == j->corpus.count)
            return err_set(err, STATUS_MISMATCH,
                           "%s: values of none of the recordings in %s (there are recordings like "
                           "'%.60s', values of utterances like '%.60s')",
                           o->extra[x].file, o->audio, j->corpus.recording[0].utterance,
                           j->extra[x].utterance.name[0]);
    }
    return STATUS_OK;
}

/* Cuts the corpus down to its shard; what belongs to the whole of it was found before. */
static enum status take_shard(struct count_job *j, struct err *err)
{
    const struct count_options *o = j->options;
    struct corpus *c = &j->corpus;
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
    struct labels_options lo = {.tier = o->tier, .label_table = o->label_table};
    enum status code;
    if ((code = corpus_open(&j->corpus, o->audio, err)) ||
        (code = labels_open(&j->labels, o->labels, &lo, err)) || (code = check_labels(j, err)) ||
        (code = phones_open(&j->phones, o->phones ? o->phones : labels_phones(j->labels), err)))
        return code;
    if (o->label_table &&
        (code = published_labels_open(&j->published, o->label_table, &j->phones, err)))
        return code;
    j->gendered = o->by >> COUNT_GENDER & 1;
    if (j->gendered && (code = speakers_open(&j->speakers, o->speakers, err)))
        return code;
    if (o->by >> COUNT_PITCH & 1 && (code = open_pitch(j, err)))
        return code;
    if ((code = open_extras(j, err)) || (code = take_shard(j, err)))
        return code;
    struct model_options mo = {.mean_std = o->mean_std, .normalize = o->normalize};
    if ((code = model_open(&j->model, o->model, &mo, err)))
        return code;
    j->info = model_info(j->model);
    j->align.grid = frame_grid_midpoints(j->info->frame_ms / 1000);
    j->align.frames = o->frames;
    j->align.pitch = o->frames == COUNTS_FRAMES_AUTHORS ? ALIGN_PITCH_FRONT : ALIGN_PITCH_CENTRED;
    j->align.phones = &j->phones;
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
    pthread_condattr_t monotonic;
    enum status code;
    if (!j)
        return err_nomem(err);
    j->options = options;
    j->journal_fd = -1;
    pthread_mutex_init(&j->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&j->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
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
