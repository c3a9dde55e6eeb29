/*
 * The Overlap view's place as options, and its regions as set expressions.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "explorer/views/overlap/overlap_state.h"

static const struct grid_column columns[OVERLAP_COLUMNS] = {
    [OVERLAP_REGION] = {"region", "region", true, false},
    [OVERLAP_NEURONS] = {"neurons", "neurons", false, true},
    [OVERLAP_CHANCE] = {"chance", "expected", false, true},
    [OVERLAP_RATIO] = {"ratio", "ratio", false, true},
    [OVERLAP_SETS] = {"sets", "sets", false, true}};

/* Regions are sorted by their size at first. */
void overlap_reset_list(struct overlap_state *s)
{
    s->grid.noun = "regions";
    grid_reset(&s->grid, columns, OVERLAP_COLUMNS);
    s->grid.sort = OVERLAP_NEURONS + 1;
}

/* "ACD": the sets that REGION is in. */
const char *overlap_letters(const struct overlap_state *s, uint32_t region, char text[SETS + 1])
{
    int n = 0;
    for (uint32_t i = 0; i < s->sets; i++)
        if (region >> i & 1)
            text[n++] = (char)('A' + (int)i);
    text[n] = '\0';
    return text;
}

/* A region as a set expression: in these sets, and not in those. */
void overlap_region_set(const struct overlap_state *s, uint32_t region, struct buf *out)
{
    bool several = (region & (region - 1)) != 0, first = true;
    buf_str(out, several ? "(" : "");
    for (uint32_t i = 0; i < s->sets; i++)
        if (region >> i & 1) {
            buf_printf(out, first ? "(%s)" : " & (%s)", s->set[i].text);
            first = false;
        }
    buf_str(out, several ? ")" : "");
    for (uint32_t i = 0; i < s->sets; i++)
        if (!(region >> i & 1))
            buf_printf(out, " - (%s)", s->set[i].text);
}

/*
 * Sorting by size is how the list opens and needs no option. "AC" selects a region, "C:" a set; the
 * first set is where the cursor starts.
 */
void overlap_tell(const struct app *app, struct link *out)
{
    const struct overlap_state *s = overlap_state(app);
    char sort[40], in[SETS + 1];
    for (uint32_t i = 0; i < s->sets; i++)
        link_add(out, "set", "%s", s->set[i].text);
    if (s->table)
        link_add(out, "form", "table");
    grid_sort_text(&s->grid, sort, sizeof sort);
    if (strcmp(sort, "neurons") == 0) { /* as at first */
        struct grid plain = s->grid;
        plain.sort = 0;
        link_tell_list(&plain, out);
    } else
        link_tell_list(&s->grid, out);
    if (s->here >= s->sets && s->here - s->sets < s->regions)
        link_add(out, "select", "%s", overlap_letters(s, s->order[s->here - s->sets], in));
    else if (s->here > 0 && s->here < s->sets)
        link_add(out, "select", "%c:", 'A' + (int)s->here);
}

/* "AC": the region in just these sets; "C:" the third set itself. */
static enum status take_select(struct overlap_state *s, const char *value, struct err *err)
{
    uint64_t region = 0;
    size_t n = strlen(value);
    bool set = n == 2 && value[1] == ':';
    for (size_t i = 0; i < n - set; i++)
        if (value[i] >= 'A' && value[i] < 'A' + (int)s->sets)
            region |= 1u << (value[i] - 'A');
        else
            region = 0, i = n;
    if (!region)
        return err_set(err, STATUS_USAGE, "--select takes letters of sets as in AC, not '%.40s'",
                       value);
    s->here = set ? (size_t)(value[0] - 'A') : s->sets;
    if (!set)
        grid_select(&s->grid, region);
    return STATUS_OK;
}

/*
 * Takes --set (repeated), --form and --select. NAME NULL restores the usual sets; the first --set
 * replaces them, further ones add to it (told).
 */
enum status overlap_take(struct app *app, const char *name, const char *value, struct err *err)
{
    struct overlap_state *s = overlap_state(app);
    if (!name) {
        overlap_clear(s);
        s->table = s->told = false;
        overlap_reset_list(s);
        overlap_usual(app);
        return STATUS_OK;
    }
    if (strcmp(name, "set") == 0) {
        if (!s->told)
            overlap_clear(s);
        s->told = true;
        enum status code = overlap_set(app, -1, value, NULL, err);
        s->here = 0;
        return code;
    }
    if (strcmp(name, "form") == 0 && (!strcmp(value, "table") || !strcmp(value, "drawing"))) {
        s->table = strcmp(value, "table") == 0;
        return STATUS_OK;
    }
    if (strcmp(name, "select") == 0)
        return take_select(s, value, err);
    return link_unknown(name, value, err);
}

/* The set or region under the cursor. */
bool overlap_set_of(const struct app *app, enum view_set which, struct buf *out)
{
    const struct overlap_state *s = overlap_state(app);
    (void)which;
    if (s->why[0] || !s->sets)
        return false;
    if (s->here < s->sets)
        buf_str(out, s->set[s->here].text);
    else if (s->here - s->sets < s->regions)
        overlap_region_set(s, s->order[s->here - s->sets], out);
    return out->len > 0;
}
