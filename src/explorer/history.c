/*
 * Going back and forth between places: each is kept as a link, and steps of one kind are merged.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "explorer/view.h"

/* Takes over L, which is empty afterwards. The oldest place is dropped when the list is full. */
static void history_push(struct link *list, size_t *count, struct link *l)
{
    if (*count == HISTORY_PLACES) {
        link_free(&list[0]);
        memmove(list, list + 1, (HISTORY_PLACES - 1) * sizeof *list);
        --*count;
    }
    list[(*count)++] = *l;
    *l = (struct link)LINK_INIT;
}

static void history_forget(struct link *list, size_t *count)
{
    while (*count)
        link_free(&list[--*count]);
}

void history_free(struct history *h)
{
    history_forget(h->past, &h->pasts);
    history_forget(h->future, &h->futures);
    link_free(&h->before);
}

/* While something is typed or chosen, the place to go back to is that before it began. */
void history_before(struct app *app)
{
    struct history *h = &app->history;
    if (app->prompt.kind || app->help.open)
        return;
    link_free(&h->before);
    link_tell(app, &h->before);
}

/* Steps of sigma, and conditions switched one by one, are one change together. */
static bool history_merges(const char *option)
{
    return strcmp(option, "sigma") == 0 || strcmp(option, "where") == 0 ||
           strcmp(option, "file") == 0;
}

void history_after(struct app *app)
{
    struct history *h = &app->history;
    struct link now = LINK_INIT;
    if (app->prompt.kind || app->help.open || !h->before.text.len)
        return;
    link_tell(app, &now);
    const char *what = link_first_difference(&h->before, &now);
    if (*what) {
        bool again = history_merges(what) && strcmp(what, h->merged) == 0;
        if (!again)
            history_push(h->past, &h->pasts, &h->before);
        snprintf(h->merged, sizeof h->merged, "%.15s", history_merges(what) ? what : "");
        history_forget(h->future, &h->futures);
    }
    link_free(&now);
}

enum status history_step(struct app *app, int step, struct err *err)
{
    struct history *h = &app->history;
    struct link now = LINK_INIT, to;
    if (step < 0 ? h->pasts == 0 : h->futures == 0)
        return err_set(err, STATUS_NOTFOUND,
                       step < 0 ? "nothing to go back to" : "nothing to go forward to");
    link_tell(app, &now);
    to = step < 0 ? h->past[--h->pasts] : h->future[--h->futures];
    if (step < 0)
        history_push(h->future, &h->futures, &now);
    else
        history_push(h->past, &h->pasts, &now);
    h->merged[0] = '\0';
    enum status code = link_follow(app, &to, err);
    link_free(&to);
    link_free(&h->before); /* this was no change of the user's */
    return code;
}
