/*
 * The Overlap view: several sets and the sizes of their regions, editing them, and keys.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explorer/views/overlap/overlap_state.h"
#include "base/bitset.h"
#include "base/mem.h"

static struct analysis *session_of(struct app *app)
{
    return &app->file[app->here].session;
}

static void overlap_drop(struct overlap_state *s, uint32_t i)
{
    setexpr_free(&s->set[i]);
    memmove(&s->set[i], &s->set[i + 1], (SETS - i - 1) * sizeof s->set[0]);
    memset(&s->set[SETS - 1], 0, sizeof s->set[0]);
    s->sets--;
}

void overlap_clear(struct overlap_state *s)
{
    while (s->sets)
        overlap_drop(s, 0);
}

static void overlap_release(struct app *app)
{
    overlap_clear(overlap_state(app));
    grid_free(&overlap_state(app)->grid);
}

/*
 * The expression is parsed and its files are read before the old set is given up, so that an error
 * changes nothing. The cursor goes to the set.
 */
enum status overlap_set(struct app *app, long subject, const char *text, size_t *column,
                        struct err *err)
{
    struct overlap_state *s = overlap_state(app);
    struct setexpr e;
    if (subject < 0 && s->sets == SETS)
        return err_set(err, STATUS_UNSUPPORTED, "at most %d sets", SETS);
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

void overlap_usual(struct app *app)
{
    static const char *const usual[] = {"phone", "gender", "pitch", "speaker", "each-phone"};
    struct overlap_state *s = overlap_state(app);
    const struct property *property;
    struct err ignored;
    for (size_t i = 0; i < 5 && s->sets < (i < 3 ? 3 : 2); i++)
        if (names_find(&session_of(app)->names, usual[i]) != NAMES_NONE &&
            analysis_property(session_of(app), usual[i], &property, &ignored) == STATUS_OK)
            overlap_set(app, -1, usual[i], NULL, &ignored);
    s->here = 0;
}

/* The sets stay from file to file as far as the new file has what they name. */
static enum status overlap_init(struct app *app, struct err *err)
{
    struct overlap_state *s = overlap_state(app);
    struct err ignored;
    (void)err;
    for (uint32_t i = s->sets; i-- > 0;) {
        char *text = mem_strndup(s->set[i].text, strlen(s->set[i].text));
        if (!text || overlap_set(app, (long)i, text, NULL, &ignored))
            overlap_drop(s, i);
        free(text);
    }
    if (!s->grid.columns)
        overlap_reset_list(s);
    overlap_usual(app);
    return STATUS_OK;
}

/*
 * The regions as rows: id and bit set are the same number. `order` is what is shown, in the order
 * of the list, for drawing and keys.
 */
static enum status fill_list(struct overlap_state *s, struct err *err)
{
    grid_clear(&s->grid);
    /* All regions of a few sets; of many only those with neurons in them. */
    for (uint32_t r = 1; r < 1u << s->sets; r++) {
        double found = s->result.region[r], chance = s->result.expected[r];
        const double number[OVERLAP_COLUMNS] = {
            NAN, found, chance, chance > 0 ? found / chance : NAN, __builtin_popcount(r)};
        char letters[SETS + 1];
        const char *const text[OVERLAP_COLUMNS] = {overlap_letters(s, r, letters), "", "", "", ""};
        if ((s->sets <= 3 || s->result.region[r]) && !grid_add(&s->grid, r, number, text))
            return err_nomem(err);
    }
    grid_arrange(&s->grid);
    s->regions = (uint32_t)s->grid.count;
    for (uint32_t i = 0; i < s->regions; i++)
        s->order[i] = (uint32_t)s->grid.id[s->grid.shown[i]];
    return STATUS_OK;
}

/* How many of the marks of the layer at hand lie in each region. */
static enum status count_marks(struct app *app, struct err *err)
{
    struct overlap_state *s = overlap_state(app);
    uint32_t width = app_file(app)->counts.layer[app->at.layer].width;
    size_t words = bitset_words(width);
    memset(s->marked, 0, sizeof s->marked);
    s->marks_here = marks_in_layer(app, app->at.layer) > 0;
    if (!s->marks_here)
        return STATUS_OK;
    uint64_t *bits = mem_zeros((size_t)s->sets * words, sizeof *bits);
    enum status code = bits ? STATUS_OK : err_nomem(err);
    for (uint32_t i = 0; !code && i < s->sets; i++)
        code = setexpr_eval(&s->set[i], session_of(app), app->at.layer, app->at.layer,
                            &bits[i * words], err);
    for (uint32_t k = 0; !code && k < width; k++) {
        uint32_t in = 0;
        for (uint32_t i = 0; i < s->sets; i++)
            in |= (uint32_t)bitset_has(&bits[i * words], k) << i;
        s->marked[in] += marks_has(app, app->at.layer, k);
    }
    free(bits);
    return code;
}

/*
 * Computes sizes and expected sizes of all regions in the current layer. Region r is a bit set: bit
 * i says that its neurons are in set i; region 0 is outside of all sets. The cursor keeps to its
 * region as the order changes, and goes to the first one where that has disappeared.
 */
static enum status overlap_prepare(struct app *app, struct err *err)
{
    struct overlap_state *s = overlap_state(app);
    struct overlap o;
    memset(&o, 0, sizeof o);
    s->why[0] = '\0';
    s->regions = 0;
    memset(&s->result, 0, sizeof s->result);
    if (s->sets == 0)
        return STATUS_OK;
    if (overlap_make(&o, s->set, s->sets, session_of(app), app->at.layer, err)) {
        snprintf(s->why, sizeof s->why, "%.255s",
                 engine_without_path(&app_file(app)->counts, err->msg));
        return STATUS_OK;
    }
    s->result = o;
    enum status code = fill_list(s, err);
    s->largest = 0;
    for (uint32_t r = 1; r < 1u << s->sets; r++)
        s->largest = s->result.region[r] > s->largest ? s->result.region[r] : s->largest;
    if (!code)
        code = count_marks(app, err);
    if (s->grid.wanted)
        s->here = s->sets; /* the region asked for is gone */
    else if (s->here >= s->sets && s->regions)
        s->here = s->sets + s->grid.here;
    if (s->here >= s->sets + s->regions)
        s->here = s->sets + s->regions - 1;
    s->grid.wanted = false;
    return code;
}

/* Neurons of REGION in LAYER (from 0) as lines of the list, ten on each. */
static enum status list_layer(struct app *app, uint32_t region, uint32_t layer, struct err *err)
{
    struct overlap_state *s = overlap_state(app);
    uint32_t width = app_file(app)->counts.layer[layer].width;
    size_t words = bitset_words(width), n = 0;
    uint64_t *bits = mem_zeros((size_t)s->sets * words, sizeof *bits);
    enum status code = bits ? STATUS_OK : err_nomem(err);
    struct buf line = BUF_INIT;
    for (uint32_t i = 0; !code && i < s->sets; i++)
        code =
            setexpr_eval(&s->set[i], session_of(app), app->at.layer, layer, &bits[i * words], err);
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
            if (s->set[i].node[n].layer == layer || s->set[i].node[n].layer == SETEXPR_EVERY)
                return true;
    return false;
}

/*
 * The region's neurons as a text panel: those of the current layer and of every layer that a set
 * names (gender@1). Enter goes on to the neurons view with the region as a set expression, unless
 * that is too long for the panel's subject.
 */
static enum status list_region(struct app *app, uint32_t region, struct err *err)
{
    struct overlap_state *s = overlap_state(app);
    enum status code = STATUS_OK;
    char in[SETS + 1], title[80];
    struct buf set = BUF_INIT;
    snprintf(title, sizeof title, "%u neurons in %s and no other set", s->result.region[region],
             overlap_letters(s, region, in));
    panel_begin(app, &panel_text, title);
    overlap_region_set(s, region, &set);
    if (set.len < sizeof app->panel.subject)
        snprintf(app->panel.subject, sizeof app->panel.subject, "%s", buf_text(&set));
    buf_free(&set);
    for (uint32_t l = 0; !code && l < app_file(app)->counts.layers; l++)
        if (l == app->at.layer || names_layer(s, l))
            code = list_layer(app, region, l, err);
    return panel_done(app, code);
}

static enum status overlap_accept(struct app *app, struct err *err)
{
    struct prompt *p = &app->prompt;
    return overlap_set(app, p->subject, p->text, &p->column, err);
}

static const struct prompt_kind set_prompt = {.text = PROMPT_SET, .accept = overlap_accept};

/* On a set: a prompt to change it; on a region: the list of its neurons. */
static enum status open_line(struct app *app, struct err *err)
{
    struct overlap_state *s = overlap_state(app);
    char title[32];
    if (s->here < s->sets) {
        snprintf(title, sizeof title, "set %c", 'A' + (int)s->here);
        prompt_open(app, &set_prompt, (long)s->here, title, s->set[s->here].text);
        return STATUS_OK;
    }
    if (s->here - s->sets < s->regions)
        return list_region(app, s->order[s->here - s->sets], err);
    return STATUS_OK;
}

/*
 * Keys of the view. The cursor runs over the sets and then over the regions as one list; the list's
 * own cursor follows only while it is on a region, since search and filter know the regions alone.
 * Only sets can be edited or removed.
 */
static bool overlap_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct overlap_state *s = overlap_state(app);
    bool on_set = s->here < s->sets;
    (void)arg;
    switch (action) {
    case ACTION_FORM: s->table = !s->table; break;
    case ACTION_OPEN: err->code = open_line(app, err); break;
    case ACTION_EDIT:
        if (on_set)
            err->code = open_line(app, err);
        else
            err_set(err, STATUS_NOTFOUND, "select a set to edit it");
        break;
    case ACTION_ADD:
        if (s->sets == SETS)
            err_set(err, STATUS_NOTFOUND, "at most %d sets", SETS);
        else
            prompt_open(app, &set_prompt, -1, "new set", "");
        break;
    case ACTION_REMOVE:
        if (on_set)
            overlap_drop(s, (uint32_t)s->here);
        else
            err_set(err, STATUS_NOTFOUND, "select a set to remove it");
        break;
    case ACTION_DISMISS: grid_filter(&s->grid, "", NULL, err); break;
    default:
        if (!lists_step(action, &s->here, s->sets + s->regions, (size_t)app_view_rows(app)))
            return false;
        if (s->here >= s->sets)
            s->grid.here = s->here - s->sets;
    }
    return true;
}

static struct grid *overlap_grid(struct app *app)
{
    return &overlap_state(app)->grid;
}

/* The region found is the one at hand. */
static void overlap_moved(struct app *app)
{
    struct overlap_state *s = overlap_state(app);
    s->here = s->sets + s->grid.here;
}

static void overlap_status(const struct app *app, struct buf *line)
{
    const struct overlap_state *s = overlap_state(app);
    if (s->sets && !s->why[0])
        buf_printf(line, "%u neurons in all sets, %u in any; expected: under independence",
                   s->result.in_all, s->result.in_any);
    if (s->grid.filter[0])
        buf_printf(line, "; %zu of %zu regions with '%s'", s->grid.count, s->grid.rows,
                   s->grid.filter);
}

const struct view view_overlap = {
    .lesson =
        "OVERLAP: which neurons several sets share, as in figure 8 of the paper.\n"
        "\n"
        "Each region counts the neurons that are in exactly the marked sets and in no other, "
        "so that the regions add up to the union. 'expected' is the size expected under "
        "independence of the sets; ratio is the size over the expected size. The drawing is "
        "schematic: areas are not to scale. p is the hypergeometric probability that two sets "
        "share so many neurons or more. Sets chosen from the same counts are not independent: a "
        "small p says that they overlap, not why.\n"
        "\n"
        "A set is an expression: phone, gender, pitch (property neurons), gender=female "
        "(group neurons), [AH] or [AH,gender=female] (the pattern of a phone), @FILE (a list "
        "of neurons), combined by & (and), | (or), - (without) and parentheses. A name may "
        "be followed by a layer, gender@1 (the default is the current layer), and by the rule "
        "that chooses the neurons, gender:lape; the default is the published rule, paper.",
    .needs = NEEDS_NOTHING,
    .offers = {ACTION_SORT, ACTION_REVERSE, ACTION_MARK, ACTION_EDIT, ACTION_ADD, ACTION_REMOVE},
    .named_by = NAMED_FILE | NAMED_LAYER,
    .state_size = sizeof(struct overlap_state),
    .init = overlap_init,
    .free = overlap_release,
    .apply = overlap_apply,
    .prepare = overlap_prepare,
    .render = overlap_render,
    .result = overlap_result,
    .figure = overlap_figure,
    .status = overlap_status,
    .grid = overlap_grid,
    .moved = overlap_moved,
    .tell = overlap_tell,
    .take = overlap_take,
    .set = overlap_set_of,
};
