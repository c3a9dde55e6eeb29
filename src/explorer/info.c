/*
 * The panel that says which file and settings the numbers on the screen come from.
 */
#include "config.h"

#include "explorer/info.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "formats/file.h"
#include "base/sha256.h"
#include "explorer/view.h"

enum { NAME_WIDTH = 13, CHECKSUM_MAX = 1 << 28 };

/* "name         value", long values on several lines. */
static enum status info_add(struct app *app, struct err *err, const char *name, const char *fmt,
                            ...) __attribute__((format(printf, 4, 5)));

/*
 * One entry of the panel. Lines that are too long are broken at the last blank in their second half
 * or, without one (paths, digests), at the edge; NAME stands on the first line only. ROOM leaves
 * space for the name's column and the panel's frame.
 */
static enum status info_add(struct app *app, struct err *err, const char *name, const char *fmt,
                            ...)
{
    char text[1200], line[1300];
    int room = app->cols - NAME_WIDTH - 12;
    enum status code = STATUS_OK;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t width = room > 20 ? (size_t)room : 20;
    for (const char *p = text; !code && *p;) {
        size_t len = strlen(p), n = len;
        if (len > width) /* at a blank where there is one */
            for (n = width; n > width / 2 && p[n] != ' '; n--)
                ;
        if (len > width && p[n] != ' ')
            n = width;
        snprintf(line, sizeof line, "%-*s%.*s", NAME_WIDTH, p == text ? name : "", (int)n, p);
        code = panel_add(&app->panel, -1, 0, 0, line, err);
        p += n + (p[n] == ' ');
    }
    return code;
}

/* Size and digest of the bytes, as sha256sum prints it. */
static enum status add_bytes(struct app *app, struct err *err)
{
    struct app_file *f = &app->file[app->here];
    struct mapped m;
    struct err ignored;
    if (mapped_open(&m, f->path, &ignored))
        return info_add(app, err, "size", "the file no longer exists");
    if (!f->sha256[0] && m.size <= CHECKSUM_MAX)
        sha256_hex(m.data ? (const void *)m.data : "", m.size, f->sha256);
    enum status code = info_add(app, err, "size", "%zu bytes", m.size);
    mapped_close(&m);
    return code ? code
                : info_add(app, err, "sha256", "%s",
                           f->sha256[0] ? f->sha256 : "(not computed: large file)");
}

/*
 * What the count file records of its making: format, frames, model, lambda, pitch edges and
 * command. Fields that the file does not have are left out; counts of probabilities have no frames.
 * A cell whose frames are unknown is negative and adds nothing to the sum.
 */
static enum status add_counts(struct app *app, const struct counts *c, struct err *err)
{
    int64_t frames = 0;
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < c->cells; i++)
        frames += c->frames[i] > 0 ? c->frames[i] : 0;
    code = info_add(app, err, "format", "propneu-counts 1, %s, %u cells",
                    counts_is_probability(c) ? "probabilities" : "counts", c->cells);
    if (!code && !counts_is_probability(c))
        code = info_add(app, err, "frames", "%lld (%s), of %llu utterances, %s s",
                        (long long)frames, counts_frames_name(c->frames_mode),
                        (unsigned long long)c->utterances, number_fixed(c->seconds, 1).text);
    if (!code)
        code = info_add(app, err, "model", "%s (%s)", c->model && *c->model ? c->model : "unknown",
                        c->family ? c->family : "");
    if (!code && c->model_fingerprint)
        code =
            info_add(app, err, "fingerprint", "%016llx", (unsigned long long)c->model_fingerprint);
    if (!code)
        code = info_add(app, err, "lambda", "%s %% of the neurons: tau %u of %u in layer %u",
                        number_short(c->lambda_percent, 6).text, c->layer[app->at.layer].tau,
                        c->layer[app->at.layer].width, app->at.layer + 1);
    if (!code && c->pitch_edges_hz && *c->pitch_edges_hz)
        code = info_add(app, err, "pitch edges", "%s Hz", c->pitch_edges_hz);
    if (!code && c->command && *c->command)
        code = info_add(app, err, "command", "%s", c->command);
    if (!code && c->created_by && *c->created_by)
        code = info_add(app, err, "made by", "%s", c->created_by);
    return code;
}

/* The panel of key i: everything needed to compute the numbers on the screen again. */
enum status info_open(struct app *app, struct err *err)
{
    const struct app_file *f = app_file(app);
    const struct analysis *a = app_session(app);
    char where[512];
    panel_begin(app, &panel_text, "Source and settings of the numbers");
    query_filters_text(&a->filters, &f->counts, where, sizeof where);
    enum status code = info_add(app, err, "file", "%s", f->path);
    if (!code)
        code = add_bytes(app, err);
    if (!code)
        code = add_counts(app, &f->counts, err);
    if (!code)
        code = info_add(app, err, "sigma", "%s %% of a group's phones",
                        number_short(app->sigma, 6).text);
    if (!code)
        code = info_add(app, err, "conditions", "%s", where[0] ? where : "none: every frame");
    if (!code)
        code = info_add(app, err, "map", "%s, %u random starts, seed %llu",
                        a->map.method == MAP_SMACOF ? "SMACOF from classical scaling" : "classical",
                        a->map.starts, (unsigned long long)a->map.seed);
    if (!code)
        code = info_add(app, err, "shown by", "%s", PACKAGE_STRING);
    return panel_done(app, code);
}
