/*
 * grid.c - the rows of a list, stored by column so that sorting, filtering and searching need know
 * nothing of what is listed.
 */
#include "config.h"

#include "screen/grid.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/ties.h"

void grid_free(struct grid *g)
{
    free(g->id);
    free(g->number);
    free(g->at);
    free(g->shown);
    buf_free(&g->text);
    buf_free(&g->plain);
    match_free(&g->keep);
    *g = (struct grid){.sort = 0};
}

void grid_reset(struct grid *g, const struct grid_column *column, unsigned columns)
{
    const char *noun = g->noun;
    grid_free(g);
    g->noun = noun;
    g->column = column;
    g->columns = columns;
    g->want = GRID_NONE;
}

uint64_t grid_id(const struct grid *g)
{
    size_t row = grid_row(g);
    return row < g->rows ? g->id[row] : GRID_NONE;
}

size_t grid_row(const struct grid *g)
{
    return g->here < g->count ? g->shown[g->here] : SIZE_MAX;
}

void grid_clear(struct grid *g)
{
    if (!g->wanted && g->count) {
        g->want = grid_id(g);
        g->wanted = true;
    }
    g->rows = g->count = 0;
    buf_clear(&g->text);
    buf_clear(&g->plain);
}

/*
 * A row's texts stand one after another, each ended by a newline, the row by a NUL: regular
 * expressions then find ^ and $ at the ends of a column. Newlines inside become blanks; texts are
 * cut at 199 bytes.
 */
bool grid_add(struct grid *g, uint64_t id, const double *number, const char *const *text)
{
    size_t n = g->rows;
    if (!mem_grow(&g->id, &g->row_cap, n + 1, sizeof *g->id) ||
        !mem_grow(&g->at, &g->at_cap, n + 1, sizeof *g->at) ||
        !mem_grow(&g->number, &g->number_cap, (n + 1) * g->columns, sizeof *g->number))
        return false;
    g->id[n] = id;
    g->at[n] = g->text.len;
    for (unsigned k = 0; k < g->columns; k++) {
        char small[200], plain[200];
        size_t len = 0;
        g->number[n * g->columns + k] = number ? number[k] : NAN;
        for (const char *p = text[k] ? text[k] : ""; *p && len + 1 < sizeof small; p++) {
            plain[len] = *p == '\n' || *p == '\t' ? ' ' : *p;
            small[len++] = (char)tolower((unsigned char)(*p == '\n' ? ' ' : *p));
        }
        plain[len] = small[len] = '\n';
        buf_add(&g->text, small, len + 1);
        buf_add(&g->plain, plain, len + 1);
    }
    buf_add(&g->text, "", 1);
    buf_add(&g->plain, "", 1);
    g->rows += buf_ok(&g->text) && buf_ok(&g->plain);
    return buf_ok(&g->text) && buf_ok(&g->plain);
}

static const char *grid_row_texts(const struct grid *g, size_t row)
{
    return buf_text(&g->text) + g->at[row];
}

bool grid_matches(const struct grid *g, const struct match *m, size_t row)
{
    return match_row(m, &g->number[row * g->columns], grid_row_texts(g, row));
}

static const struct grid *sorting; /* qsort has no argument to spare; one thread only */

/* The sorted column's text of both rows, in small letters, compared by bytes. */
static int by_text(const struct grid *g, size_t x, size_t y)
{
    const char *a = grid_row_texts(g, x), *b = grid_row_texts(g, y);
    for (int k = 1; k < g->sort; k++) {
        a = strchr(a, '\n') + 1;
        b = strchr(b, '\n') + 1;
    }
    size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
    int by = memcmp(a, b, n < m ? n : m);
    return by ? by : (n > m) - (n < m);
}

/*
 * Order of two rows: by number or text, direction by column and reverse; ties keep the natural
 * order in both directions. Numbers that differ only in their last bits tie (ties.h), as else two
 * processors would sort differently.
 */
static int by_column(const void *a, const void *b)
{
    const struct grid *g = sorting;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const struct grid_column *c = &g->column[g->sort - 1];
    int by;
    if (c->text)
        by = by_text(g, x, y);
    else {
        double v = g->number[x * g->columns + (unsigned)g->sort - 1];
        double w = g->number[y * g->columns + (unsigned)g->sort - 1];
        /* What has no number comes last, whichever way. */
        if (isnan(v) || isnan(w))
            return isnan(v) != isnan(w) ? (isnan(v) ? 1 : -1) : (x > y) - (x < y);
        by = ties_above(v, w) - ties_above(w, v);
    }
    by = c->falling != g->reverse ? -by : by;
    return by ? by : (x > y) - (x < y);
}

/* The line of row ID, or the number of lines. */
static size_t line_of(const struct grid *g, uint64_t id)
{
    size_t i = 0;
    while (i < g->count && g->id[g->shown[i]] != id)
        i++;
    return i;
}

/*
 * Filters, sorts, and puts the cursor back on the row that it was on or that is wanted. If the row
 * is not shown the cursor keeps its line, within the list, and a wanted row stays wanted.
 */
void grid_arrange(struct grid *g)
{
    uint64_t at = g->wanted ? g->want : grid_id(g);
    size_t before = g->here;
    g->count = 0;
    if (!mem_grow(&g->shown, &g->shown_cap, g->rows + 1, sizeof *g->shown))
        return;
    for (size_t i = 0; i < g->rows; i++)
        if (!g->keep.terms || grid_matches(g, &g->keep, i))
            g->shown[g->count++] = (uint32_t)i;
    sorting = g;
    if (g->sort && g->count)
        qsort(g->shown, g->count, sizeof *g->shown, by_column);
    size_t line = at == GRID_NONE ? g->count : line_of(g, at);
    if (line < g->count) {
        g->here = line;
        g->wanted = false;
    } else
        g->here = before < g->count ? before : g->count ? g->count - 1 : 0;
}

void grid_select(struct grid *g, uint64_t id)
{
    size_t line = line_of(g, id);
    g->wanted = line == g->count;
    g->want = id;
    if (!g->wanted)
        g->here = line;
}

void grid_sort(struct grid *g, int column)
{
    if (column >= (int)g->columns)
        return;
    g->reverse = column >= 0 && g->sort == column + 1 && !g->reverse;
    g->sort = column + 1;
    grid_arrange(g);
}

void grid_sort_text(const struct grid *g, char *text, size_t size)
{
    snprintf(text, size, "%s%s", g->sort ? g->column[g->sort - 1].name : "",
             g->sort && g->reverse ? "-" : "");
}

enum status grid_sort_by(struct grid *g, const char *text, struct err *err)
{
    size_t len = strlen(text), used = 0;
    bool reverse = len > 1 && text[len - 1] == '-';
    char list[300] = "";
    len -= reverse;
    for (unsigned k = 0; k < g->columns; k++) {
        if (strlen(g->column[k].name) == len && memcmp(g->column[k].name, text, len) == 0) {
            g->sort = (int)k + 1;
            g->reverse = reverse;
            grid_arrange(g);
            return STATUS_OK;
        }
        if (used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", k ? ", " : "",
                                     g->column[k].name);
    }
    return err_set(err, STATUS_NOTFOUND, "no column '%.40s' to sort by; there are %s", text, list);
}

enum status grid_filter(struct grid *g, const char *text, size_t *at, struct err *err)
{
    struct match m;
    enum status code = match_make(&m, text, g->column, g->columns, at, err);
    if (code)
        return code;
    match_free(&g->keep);
    g->keep = m;
    snprintf(g->filter, sizeof g->filter, "%.127s", text);
    grid_arrange(g);
    return STATUS_OK;
}

/*
 * Goes once round the list from line FROM on, in either direction; the cursor moves only where a
 * row matches.
 */
enum status grid_find(struct grid *g, const char *text, size_t from, bool forward, bool *wrapped,
                      size_t *at, struct err *err)
{
    struct match m;
    enum status code = match_make(&m, text, g->column, g->columns, at, err);
    if (code)
        return code;
    for (size_t n = 0; n < g->count; n++) {
        size_t i = (from + (forward ? n : g->count - n)) % g->count;
        if (!grid_matches(g, &m, g->shown[i]))
            continue;
        *wrapped = forward ? i < from : i > from;
        g->here = i;
        g->wanted = false;
        match_free(&m);
        return STATUS_OK;
    }
    match_free(&m);
    return err_set(err, STATUS_NOTFOUND, "no '%.60s' in %zu lines", text, g->count);
}

void grid_step(enum grid_move move, size_t *here, size_t count, size_t page)
{
    size_t last = count ? count - 1 : 0, by = page > 1 ? page - 1 : 1;
    switch (move) {
    case GRID_UP: *here -= *here > 0; break;
    case GRID_DOWN: *here += *here < last; break;
    case GRID_PAGE_UP: *here -= *here < by ? *here : by; break;
    case GRID_PAGE_DOWN: *here += last - *here < by ? last - *here : by; break;
    case GRID_FIRST: *here = 0; break;
    case GRID_LAST: *here = last; break;
    case GRID_STAY: break;
    }
}

void grid_move(struct grid *g, enum grid_move move, size_t page)
{
    if (move == GRID_STAY)
        return;
    grid_step(move, &g->here, g->count, page);
    g->wanted = false;
}

const char *grid_title(const struct grid *g, unsigned column, char *text, size_t size)
{
    const struct grid_column *c = &g->column[column];
    bool up = c->falling == g->reverse;
    if (g->sort == (int)column + 1)
        snprintf(text, size, "%s%c", c->title, up ? '^' : 'v');
    else
        snprintf(text, size, "%s", c->title);
    return text;
}
