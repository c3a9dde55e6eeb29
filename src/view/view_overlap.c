#include "config.h"

#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propneu/bitset.h"
#include "propneu/mem.h"
#include "propneu/overlap.h"
#include "venn.h"

enum { SETS = OVERLAP_MAX_SETS, TABLE_WIDTH = 31 };

struct overlap_state {
    struct setexpr set[SETS]; /* parsed; their text is what was typed */
    uint32_t sets;
    struct overlap result;
    uint32_t order[1 << SETS]; /* regions by falling size */
    uint32_t regions;          /* of them shown */
    size_t here;               /* line: sets first, then regions */
    bool table;                /* no drawing */
    char why[256];             /* why there is no result */
};

static struct overlap_state *state_of(const struct app *app)
{
    return view_state(app, VIEW_OVERLAP);
}

static struct analysis *session_of(struct app *app)
{
    return &app->file[app->here].session;
}

static void drop(struct overlap_state *s, uint32_t i)
{
    setexpr_free(&s->set[i]);
    memmove(&s->set[i], &s->set[i + 1], (SETS - i - 1) * sizeof s->set[0]);
    memset(&s->set[SETS - 1], 0, sizeof s->set[0]);
    s->sets--;
}

static void release(struct app *app)
{
    struct overlap_state *s = state_of(app);
    while (s->sets)
        drop(s, 0);
}

enum status overlap_set(struct app *app, long subject, const char *text, size_t *column,
                        struct err *err)
{
    struct overlap_state *s = state_of(app);
    struct setexpr e;
    if (subject < 0 && s->sets == SETS)
        return err_set(err, STATUS_UNSUPPORTED, "no more than %d sets", SETS);
    enum status code = setexpr_parse(&e, text, session_of(app), column, err);
    if (code)
        return code;
    code = setexpr_load(&e, session_of(app), err);
    if (code) {
        setexpr_free(&e);
        return code;
    }
    uint32_t i = subject < 0 ? s->sets++ : (uint32_t)subject;
    if (subject >= 0)
        setexpr_free(&s->set[i]);
    s->set[i] = e;
    s->here = i;
    return STATUS_OK;
}

/* The sets stay from file to file as far as the new file has what they name. */
static enum status init(struct app *app, struct err *err)
{
    static const char *const usual[] = {"phone", "gender", "pitch", "speaker", "each-phone"};
    struct overlap_state *s = state_of(app);
    const struct property *property;
    struct err ignored;
    (void)err;
    for (uint32_t i = s->sets; i-- > 0;) {
        char *text = mem_strndup(s->set[i].text, strlen(s->set[i].text));
        if (!text || overlap_set(app, (long)i, text, NULL, &ignored))
            drop(s, i);
        free(text);
    }
    for (size_t i = 0; i < 5 && s->sets < (i < 3 ? 3 : 2); i++)
        if (names_find(&session_of(app)->names, usual[i]) != NAMES_NONE &&
            analysis_property(session_of(app), usual[i], &property, &ignored) == STATUS_OK)
            overlap_set(app, -1, usual[i], NULL, &ignored);
    s->here = 0;
    return STATUS_OK;
}

static const struct overlap *sorting; /* qsort has no argument to spare; one thread only */

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (sorting->region[x] != sorting->region[y])
        return sorting->region[x] > sorting->region[y] ? -1 : 1;
    return (x > y) - (x < y);
}

static enum status prepare(struct app *app, struct err *err)
{
    struct overlap_state *s = state_of(app);
    struct overlap o;
    memset(&o, 0, sizeof o);
    s->why[0] = '\0';
    s->regions = 0;
    memset(&s->result, 0, sizeof s->result);
    if (s->sets == 0)
        return STATUS_OK;
    if (overlap_make(&o, s->set, s->sets, session_of(app), app->at.layer + 1, err)) {
        snprintf(s->why, sizeof s->why, "%.255s",
                 engine_without_path(&app_file(app)->counts, err->msg));
        return STATUS_OK;
    }
    s->result = o;
    /* All regions of a few sets; of many only those with neurons in them. */
    for (uint32_t r = 1; r < 1u << s->sets; r++)
        if (s->sets <= 3 || o.region[r])
            s->order[s->regions++] = r;
    sorting = &s->result;
    qsort(s->order, s->regions, sizeof s->order[0], by_size);
    if (s->here >= s->sets + s->regions)
        s->here = s->sets + s->regions - 1;
    return STATUS_OK;
}

static void pointer(struct canvas *c, int row, int col)
{
    canvas_glyph(c, row, col, STYLE_STRONG, GLYPH_POINTER);
    c->cursor_row = row;
    c->cursor_col = col;
}

static int draw_sets(const struct app *app, struct canvas *c, struct rect a)
{
    const struct overlap_state *s = state_of(app);
    canvas_textf(c, a.row, 2, a.cols, STYLE_FAINT, "set");
    canvas_right(c, a.row, a.cols - 12, 10, STYLE_FAINT, "neurons");
    for (uint32_t i = 0; i < s->sets && (int)i + 1 < a.rows; i++) {
        int row = a.row + 1 + (int)i;
        if (s->here == i)
            pointer(c, row, 0);
        canvas_textf(c, row, 2, 2, palette_group(i), "%c", 'A' + (int)i);
        canvas_text(c, row, 5, a.cols - 18, s->here == i ? STYLE_SELECTED : STYLE_NORMAL,
                    s->set[i].text);
        if (!s->why[0])
            canvas_rightf(c, row, a.cols - 12, 10, STYLE_NORMAL, "%u", s->result.size[i]);
    }
    return 1 + (int)s->sets;
}

/* "@ . @   123    45.6   2.70  ====" */
static void draw_region(const struct overlap_state *s, struct canvas *c, int row, struct rect a,
                        uint32_t r, bool here, uint32_t largest)
{
    int col = a.col + 2;
    if (here)
        pointer(c, row, a.col);
    for (uint32_t i = 0; i < s->sets; i++, col += 2) {
        bool in = r >> i & 1;
        canvas_glyph(c, row, col, in ? palette_group(i) : STYLE_FAINT,
                     in ? GLYPH_MEMBER : GLYPH_NONMEMBER);
    }
    canvas_rightf(c, row, col, 7, here ? STYLE_SELECTED : STYLE_NORMAL, "%u", s->result.region[r]);
    canvas_rightf(c, row, col + 7, 9, STYLE_FAINT, "%.1f", s->result.expected[r]);
    if (s->result.expected[r] > 0) {
        double ratio = s->result.region[r] / s->result.expected[r];
        canvas_rightf(c, row, col + 16, 7, STYLE_NORMAL, ratio < 100 ? "%.2f" : "%.0f", ratio);
    }
    int room = a.col + a.cols - col - 25;
    if (room > 4 && largest)
        canvas_bar(c, row, col + 25, room, STYLE_BAR, (double)s->result.region[r] / largest);
}

static void draw_table(const struct app *app, struct canvas *c, struct rect a)
{
    const struct overlap_state *s = state_of(app);
    size_t page = a.rows > 2 ? (size_t)a.rows - 2 : 1;
    size_t at = s->here >= s->sets ? s->here - s->sets : 0, top = at / page * page;
    int col = a.col + 2;
    for (uint32_t i = 0; i < s->sets; i++, col += 2)
        canvas_textf(c, a.row, col, 1, STYLE_STRONG, "%c", 'A' + (int)i);
    canvas_right(c, a.row, col, 7, STYLE_FAINT, "neurons");
    canvas_right(c, a.row, col + 7, 9, STYLE_FAINT, "chance");
    canvas_right(c, a.row, col + 16, 7, STYLE_FAINT, "ratio");
    size_t i;
    for (i = top; i < s->regions && i < top + page; i++)
        draw_region(s, c, a.row + 1 + (int)(i - top), a, s->order[i], s->here == s->sets + i,
                    s->result.region[s->order[0]]);
    int row = a.row + 1 + (int)(i - top);
    if (i < s->regions)
        canvas_textf(c, row, a.col + 2, a.cols - 2, STYLE_FAINT, "%zu more below", s->regions - i);
    else
        canvas_textf(c, row, a.col + 2, a.cols - 2, STYLE_FAINT, "in none: %u of %u neurons",
                     s->result.region[0], s->result.universe);
}

static void draw_venn(const struct app *app, struct canvas *c, struct rect a)
{
    const struct overlap_state *s = state_of(app);
    const char *names[3];
    for (uint32_t i = 0; i < s->sets; i++)
        names[i] = s->set[i].text;
    a.rows = a.rows > 16 ? 16 : a.rows;
    a.cols = a.cols > 64 ? 64 : a.cols;
    venn_draw(c, a, &s->result, names,
              s->here >= s->sets && s->regions ? s->order[s->here - s->sets] : 0);
}

static void render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct overlap_state *s = state_of(app);
    struct rect rest = area;
    int used = draw_sets(app, c, area) + (area.rows > 12);
    rest.row += used;
    rest.rows -= used;
    if (s->sets == 0 || s->why[0]) {
        canvas_wrap(c, (struct rect){rest.row, 2, rest.rows, rest.cols - 4},
                    s->why[0] ? STYLE_ALERT : STYLE_NORMAL,
                    s->why[0] ? s->why : "no sets: 'a' adds one");
        return;
    }
    bool drawing = !s->table && !c->plain && (s->sets == 2 || s->sets == 3);
    if (drawing && rest.cols >= VENN_MIN_COLS + 2 + TABLE_WIDTH && rest.rows >= VENN_MIN_ROWS) {
        int width = rest.cols - 2 - TABLE_WIDTH - 5;
        width = width < VENN_MIN_COLS ? VENN_MIN_COLS : width > 64 ? 64 : width;
        draw_venn(app, c, (struct rect){rest.row, 1, rest.rows, width});
        draw_table(app, c, (struct rect){rest.row, width + 3, rest.rows, rest.cols - width - 3});
    } else if (drawing && rest.rows >= VENN_MIN_ROWS + 11) {
        int rows = rest.rows - 11;
        draw_venn(app, c, (struct rect){rest.row, 1, rows, rest.cols - 2});
        draw_table(app, c, (struct rect){rest.row + rest.rows - 10, 0, 10, rest.cols});
    } else
        draw_table(app, c, rest);
}

/* Neurons of REGION in LAYER (from 0) as lines of the list, ten on each. */
static enum status list_layer(struct app *app, uint32_t region, uint32_t layer, struct err *err)
{
    struct overlap_state *s = state_of(app);
    uint32_t width = app_file(app)->counts.layer[layer].width;
    size_t words = bitset_words(width), n = 0;
    uint64_t *bits = mem_zeros((size_t)s->sets * words, sizeof *bits);
    enum status code = bits ? STATUS_OK : err_nomem(err);
    struct buf line = BUF_INIT;
    for (uint32_t i = 0; !code && i < s->sets; i++)
        code = setexpr_eval(&s->set[i], session_of(app), app->at.layer + 1, layer, &bits[i * words],
                            err);
    for (uint32_t k = 0; !code && k < width; k++) {
        uint32_t in = 0;
        for (uint32_t i = 0; i < s->sets; i++)
            in |= (uint32_t)bitset_has(&bits[i * words], k) << i;
        if (in == region && n++ % 10 == 0) {
            if (line.len)
                code = panel_add(&app->panel, -1, 0, 0, buf_text(&line), err);
            buf_clear(&line);
            buf_printf(&line, "layer %-3u", layer + 1);
        }
        if (in == region)
            buf_printf(&line, " %5u", k);
    }
    if (!code && line.len)
        code = panel_add(&app->panel, -1, 0, 0, buf_text(&line), err);
    buf_free(&line);
    free(bits);
    return code;
}

static bool names_layer(const struct overlap_state *s, uint32_t layer)
{
    for (uint32_t i = 0; i < s->sets; i++)
        for (uint32_t n = 0; n < s->set[i].nodes; n++)
            if (s->set[i].node[n].layer == layer + 1)
                return true;
    return false;
}

static enum status list_region(struct app *app, uint32_t region, struct err *err)
{
    struct overlap_state *s = state_of(app);
    enum status code = STATUS_OK;
    char in[SETS + 1];
    int n = 0;
    for (uint32_t i = 0; i < s->sets; i++)
        if (region >> i & 1)
            in[n++] = (char)('A' + (int)i);
    in[n] = '\0';
    panel_close(&app->panel);
    app->panel.kind = PANEL_TEXT;
    snprintf(app->panel.title, sizeof app->panel.title, "%u neurons in %s and no other set",
             s->result.region[region], in);
    for (uint32_t l = 0; !code && l < app_file(app)->counts.layers; l++)
        if (l == app->at.layer || names_layer(s, l))
            code = list_layer(app, region, l, err);
    if (code)
        panel_close(&app->panel);
    return code;
}

static enum status open_line(struct app *app, struct err *err)
{
    struct overlap_state *s = state_of(app);
    char title[32];
    if (s->here < s->sets) {
        snprintf(title, sizeof title, "set %c", 'A' + (int)s->here);
        prompt_open(app, PROMPT_SET, (long)s->here, title, s->set[s->here].text);
        return STATUS_OK;
    }
    if (s->here - s->sets < s->regions)
        return list_region(app, s->order[s->here - s->sets], err);
    return STATUS_OK;
}

static bool apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct overlap_state *s = state_of(app);
    bool on_set = s->here < s->sets;
    (void)arg;
    switch (action) {
    case ACTION_FORM: s->table = !s->table; break;
    case ACTION_OPEN: err->code = open_line(app, err); break;
    case ACTION_EDIT:
        if (on_set)
            err->code = open_line(app, err);
        else
            err_set(err, STATUS_NOTFOUND, "go to a set to edit it");
        break;
    case ACTION_ADD:
        if (s->sets == SETS)
            err_set(err, STATUS_NOTFOUND, "no more than %d sets", SETS);
        else
            prompt_open(app, PROMPT_SET, -1, "new set", "");
        break;
    case ACTION_REMOVE:
        if (on_set)
            drop(s, (uint32_t)s->here);
        else
            err_set(err, STATUS_NOTFOUND, "go to a set to drop it");
        break;
    default: return app_move(action, &s->here, s->sets + s->regions, (size_t)app_view_rows(app));
    }
    return true;
}

static void status(const struct app *app, struct buf *line)
{
    const struct overlap_state *s = state_of(app);
    if (s->sets && !s->why[0])
        buf_printf(line, "%u neurons in all sets, %u in any; chance: if the sets were independent",
                   s->result.in_all, s->result.in_any);
}

const struct overlap *overlap_shown(const struct app *app, const char **names)
{
    const struct overlap_state *s = state_of(app);
    for (uint32_t i = 0; i < s->sets; i++)
        names[i] = s->set[i].text;
    return s->sets && !s->why[0] ? &s->result : NULL;
}

const struct view view_overlap = {
    .lesson =
        "OVERLAP: which neurons several sets share, as in figure 8 of the paper.\n"
        "\n"
        "Each region counts the neurons that are in exactly the sets marked and in no other, so "
        "the regions add up to the union. Chance is the size to expect if every set took its "
        "neurons independently of the others; ratio is the size found over the size expected. "
        "The drawing is a scheme: only its numbers mean something.\n"
        "\n"
        "A set is an expression: phone, gender, pitch (property neurons), gender=female (group "
        "neurons), [AH] or [AH,gender=female] (the pattern of a phone), @FILE (a list of "
        "neurons), joined by & (and), | (or), - (without) and parentheses. A name may carry a "
        "layer, gender@1; without one it means the layer at hand.",
    .state_size = sizeof(struct overlap_state),
    .init = init,
    .free = release,
    .apply = apply,
    .prepare = prepare,
    .render = render,
    .status = status,
    .alone = true,
};
