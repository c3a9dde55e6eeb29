/*
 * Writing a figure in the format that the ending of its file name says.
 */
#include "config.h"

#include "figure/figure.h"

#include <string.h>
#include <strings.h>

enum figure_format figure_format_of(const char *path)
{
    static const char *const names[] = {".svg", ".pdf", ".png"};
    const char *dot = strrchr(path, '.');
    for (int i = 0; dot && i < 3; i++)
        if (strcasecmp(dot, names[i]) == 0)
            return (enum figure_format)i;
    return FORMAT_NONE;
}

bool figure_can_write(enum figure_format format)
{
#ifdef HAVE_CAIRO
    return format != FORMAT_NONE;
#else
    return format == FORMAT_SVG;
#endif
}

/* Fails also where an earlier allocation did, so that no incomplete figure is written. */
enum status figure_write(const struct figure *f, enum figure_format format, struct buf *out,
                         struct err *err)
{
    enum status code = STATUS_OK;
    if (f->failed)
        return err_nomem(err);
    if (!figure_can_write(format))
        return err_set(err, STATUS_UNSUPPORTED, "PDF and PNG need a build with cairo; SVG works");
    if (format == FORMAT_SVG)
        figure_svg(f, out);
    else
        code = figure_cairo(f, format, out, err);
    return !code && !buf_ok(out) ? err_nomem(err) : code;
}

#ifndef HAVE_CAIRO
enum status figure_cairo(const struct figure *f, enum figure_format format, struct buf *out,
                         struct err *err)
{
    (void)f;
    (void)format;
    (void)out;
    return err_set(err, STATUS_UNSUPPORTED, "made without cairo");
}
#endif
