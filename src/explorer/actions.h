/*
 * actions.h - everything a key can do, in one table.
 *
 * Key lookup, footer, help screen, the manual's key section and completions are all made from it.
 * A key is bound at most once in a context (tests/unit/test_actions.c).  Reserved everywhere, for
 * what their names promise: h j k l g G ^D ^U / n N q ?.
 */
#ifndef PROPNEU_EXPLORER_ACTIONS_H
#define PROPNEU_EXPLORER_ACTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explorer/views/views.h"

/* Where keys go: to a view, bit 1 << VIEW_NAME, or to what lies over it. */
enum {
    CTX_VIEWS = (1 << VIEW_COUNT) - 1,
    CTX_PANEL = 1 << 16,
    CTX_PROMPT = 1 << 17,
    CTX_HELP = 1 << 18,
    CTX_TEXT = 1 << 19,    /* a list with nothing to choose in it */
    CTX_TOUR = 1 << 20,    /* a script is being played */
    CTX_COPY = 1 << 21,    /* what to copy */
    CTX_OFFERED = 1 << 22, /* those views that offer the action (struct view) */
    CTX_LISTS = CTX_VIEWS | CTX_PANEL | CTX_TEXT | CTX_HELP
};

/* Actions of one view alone that it has at most, and actions of CTX_OFFERED that it takes. */
#define VIEW_OWN    8
#define VIEW_OFFERS 12

/*
 * Actions of one view alone are declared by that view (view_action in view.h).
 *
 * ACTION(id, name, keys, contexts, priority, footer, help): footers show entries by rising
 * priority until the line is full; "" = never, "&" = its key joins the entry before ("Up/Down").
 * ANY_DIGIT's keys give their digit as the action's argument.
 */
#define ACTIONS(ACTION)                                                                            \
    ACTION(HELP, "help", "? F1", CTX_VIEWS | CTX_PANEL | CTX_TEXT, 0, "help", "this help")         \
    ACTION(CLOSE_HELP, "close-help", "Esc q ? F1 Enter", CTX_HELP, 0, "close", "close the help")   \
    ACTION(ACCEPT, "accept", "Enter", CTX_PROMPT, 0, "accept", "accept the input")                 \
    ACTION(CANCEL, "cancel", "Esc", CTX_PROMPT, 1, "cancel", "cancel the input")                   \
    ACTION(COMPLETE, "complete", "Tab", CTX_PROMPT, 2, "complete", "complete the word")            \
    ACTION(CURSOR_LEFT, "cursor-left", "Left", CTX_PROMPT, 9, "", "one character left")            \
    ACTION(CURSOR_RIGHT, "cursor-right", "Right", CTX_PROMPT, 9, "", "one character right")        \
    ACTION(CURSOR_START, "cursor-start", "Home ^A", CTX_PROMPT, 9, "", "start of the text")        \
    ACTION(CURSOR_END, "cursor-end", "End ^E", CTX_PROMPT, 9, "", "end of the text")               \
    ACTION(RUBOUT, "rubout", "Backspace", CTX_PROMPT, 9, "", "delete the previous character")      \
    ACTION(DELETE, "delete", "Del ^D", CTX_PROMPT, 9, "", "delete the character under the cursor") \
    ACTION(WIPE, "wipe", "^U", CTX_PROMPT, 9, "", "delete everything")                             \
    ACTION(QUIT, "quit", "q", CTX_VIEWS, 1, "quit", "quit")                                        \
    ACTION(CLOSE, "close", "Esc q", CTX_PANEL | CTX_TEXT | CTX_COPY, 1, "close", "close the list") \
    ACTION(TOGGLE, "toggle", "Space", CTX_PANEL, 2, "on or off",                                   \
           "toggle the line; on a factor: all its levels")                                         \
    ACTION(CHOOSE, "choose", "Enter", CTX_PANEL | CTX_TEXT | CTX_COPY, 2, "choose",                \
           "on a factor: group by it; else as Space")                                              \
    ACTION(RESET, "reset", "r", CTX_PANEL, 3, "all on", "switch everything on")                    \
    ACTION(PREV_LAYER, "prev-layer", "Left h", CTX_VIEWS | CTX_PANEL, 2, "layer",                  \
           "previous layer")                                                                       \
    ACTION(NEXT_LAYER, "next-layer", "Right l", CTX_VIEWS | CTX_PANEL, 2, "&", "next layer")       \
    ACTION(NEXT_VIEW, "next-view", "Tab", CTX_VIEWS, 3, "view", "next view")                       \
    ACTION(PREV_VIEW, "prev-view", "S-Tab", CTX_VIEWS, 3, "", "previous view")                     \
    ACTION(UP, "up", "Up k", CTX_LISTS | CTX_COPY, 5, "", "one line up; previous point or phone")  \
    ACTION(DOWN, "down", "Down j", CTX_LISTS | CTX_COPY, 5, "",                                    \
           "one line down; next point or phone")                                                   \
    ACTION(PAGE_UP, "page-up", "PgUp ^U", CTX_LISTS, 9, "", "one page up")                         \
    ACTION(PAGE_DOWN, "page-down", "PgDn ^D", CTX_LISTS, 9, "", "one page down")                   \
    ACTION(FIRST, "first", "Home g", CTX_LISTS, 9, "", "first line")                               \
    ACTION(LAST, "last", "End G", CTX_LISTS, 9, "", "last line")                                   \
    ACTION(NEXT_PROPERTY, "next-property", "p", CTX_OFFERED, 4, "property", "next property")       \
    ACTION(PREV_PROPERTY, "prev-property", "P", CTX_OFFERED, 4, "", "previous property")           \
    ACTION(GROUPS, "groups", "t", CTX_OFFERED, 5, "legend",                                        \
           "list of groups or curves: show or hide them (t1: the first)")                          \
    ACTION(FORM, "form", "v", CTX_VIEWS, 5, "form",                                                \
           "next form: table, curves or both, labels or none, drawing or table")                   \
    ACTION(SEARCH, "search", "/", CTX_LISTS, 6, "search",                                          \
           "find a line: words, regular expressions, p>0.05")                                      \
    ACTION(NEXT_MATCH, "next-match", "n", CTX_LISTS, 9, "", "next match")                          \
    ACTION(PREV_MATCH, "previous-match", "N", CTX_LISTS, 9, "", "previous match")                  \
    ACTION(FILTER, "filter", "&", CTX_LISTS, 6, "filter",                                          \
           "show only lines that match all terms; !term excludes")                                 \
    ACTION(SORT, "sort", "s", CTX_OFFERED, 6, "sort",                                              \
           "sort by a column; the same column again: reverse order")                               \
    ACTION(REVERSE, "reverse", "S", CTX_OFFERED, 9, "", "reverse the sort order")                  \
    ACTION(MARK, "mark", "Space", CTX_OFFERED, 4, "mark",                                          \
           "mark the neuron or the region's neurons, or unmark them")                              \
    ACTION(MARK_MANY, "mark-many", "M", CTX_VIEWS, 7, "marks",                                     \
           "mark or unmark the list, a pattern, a group, everything")                              \
    ACTION(SETS, "sets", "*", CTX_VIEWS, 7, "sets",                                                \
           "sets: marks and named sets; combine, save, load")                                      \
    ACTION(EDIT, "edit", "e", CTX_OFFERED, 4, "edit set",                                          \
           "edit the set, in the overlap view the selected one")                                   \
    ACTION(ADD, "add", "a", CTX_OFFERED, 5, "add", "add a set; start an experiment")               \
    ACTION(REMOVE, "remove", "d", CTX_OFFERED, 6, "drop",                                          \
           "remove the selected set; delete the experiment (twice)")                               \
    ACTION(OPEN, "open", "Enter", CTX_VIEWS, 5, "",                                                \
           "details: the layer's map, the neurons of the region or pattern, the point's pattern")  \
    ACTION(CONDITIONS, "conditions", "c", CTX_VIEWS, 6, "conditions",                              \
           "conditions: the factors and levels whose frames are counted")                          \
    ACTION(SIGMA_UP, "sigma-up", "+ =", CTX_VIEWS, 7, "sigma",                                     \
           "raise sigma by 5 points (share of a group's phones)")                                  \
    ACTION(SIGMA_DOWN, "sigma-down", "-", CTX_VIEWS, 7, "&", "lower sigma by 5 points")            \
    ACTION(SET_SIGMA, "set-sigma", "%", CTX_VIEWS, 9, "", "enter sigma in percent")                \
    ACTION(NEXT_LAMBDA, "next-lambda", "L", CTX_VIEWS, 9, "",                                      \
           "counts at the next lambda, if the file has several")                                   \
    ACTION(GLYPHS, "marks", "b", CTX_OFFERED, 8, "marks",                                          \
           "plot with braille dots, half blocks or letters")                                       \
    ACTION(SAVE, "save", "w", CTX_VIEWS, 7, "save",                                                \
           "save the figure, its numbers or the screen, by the suffix of the name")                \
    ACTION(NEXT_FILE, "next-file", "f", CTX_VIEWS, 8, "file", "next file")                         \
    ACTION(PREV_FILE, "prev-file", "F", CTX_VIEWS, 9, "", "previous file")                         \
    ACTION(BACK, "back", "Backspace u", CTX_VIEWS, 7, "back",                                      \
           "back to the previous state: view, cursor, conditions, sorting, filter")                \
    ACTION(AGAIN, "again", "U", CTX_VIEWS, 9, "", "forward again, after going back")               \
    ACTION(COPY, "copy", "y", CTX_VIEWS, 8, "copy",                                                \
           "copy the command that opens this state (yl), the neurons, the set, the screen")        \
    ACTION(INFO, "info", "i", CTX_VIEWS, 8, "info", "source and settings of the numbers")          \
    ACTION(OPTIONS, "options", "O", CTX_VIEWS, 9, "",                                              \
           "show and save the settings that the explorer starts with")                             \
    ACTION(QUIT_PRINT, "quit-print", "Q", CTX_VIEWS, 9, "",                                        \
           "quit and print the marked neurons, or those listed, one per line")                     \
    ACTION(COPY_LINK, "copy-link", "l", CTX_COPY, 2, "command",                                    \
           "the command that opens this state")                                                    \
    ACTION(COPY_ROW, "copy-row", "r", CTX_COPY, 2, "row", "the selected line")                     \
    ACTION(COPY_NEURONS, "copy-neurons", "n", CTX_COPY, 2, "neurons",                              \
           "the marked neurons, or those listed, one per line")                                    \
    ACTION(COPY_SET, "copy-set", "s", CTX_COPY, 2, "set", "the set, as an expression")             \
    ACTION(COPY_TABLE, "copy-table", "t", CTX_COPY, 2, "table",                                    \
           "the list, as a tab-separated table")                                                   \
    ACTION(DISMISS, "dismiss", "Esc", CTX_VIEWS, 9, "",                                            \
           "clear the message, the selection, the overlays, the filter")                           \
    ACTION(ANY_DIGIT, "digit", "1 2 3 4 5 6 7 8 9", CTX_VIEWS | CTX_PANEL, 9, "",                  \
           "go to that view; in a list, toggle that line")                                         \
    ACTION(MOUSE, "mouse", "m", CTX_VIEWS, 9, "",                                                  \
           "mouse on or off: tabs, lines and points can be clicked; text is then selected with "   \
           "Shift")                                                                                \
    ACTION(LOG, "log", "E", CTX_VIEWS, 9, "", "list of messages")                                  \
    ACTION(TOUR_NEXT, "tour-next", "Space Enter Right l PgDn", CTX_TOUR, 0, "next", "next step")   \
    ACTION(TOUR_BACK, "tour-back", "Backspace Left h PgUp", CTX_TOUR, 0, "back", "previous step")  \
    ACTION(TOUR_AUTO, "tour-auto", "a", CTX_TOUR, 2, "play", "play automatically, or pause")       \
    ACTION(TOUR_LEAVE, "tour-leave", "Esc", CTX_TOUR, 1, "explore",                                \
           "end the tour and explore from here")                                                   \
    ACTION(TOUR_QUIT, "tour-quit", "q", CTX_TOUR, 1, "quit", "quit")                               \
    ACTION(REDRAW, "redraw", "^L", CTX_LISTS | CTX_PROMPT | CTX_TOUR, 9, "", "redraw the screen")  \
    ACTION(TYPE, "type", "", CTX_PROMPT, 9, "", "type a character")

enum action {
    ACTION_NONE,
#define ACTION_ENUM(id, name, keys, contexts, priority, footer, help) ACTION_##id,
    ACTIONS(ACTION_ENUM)
#undef ACTION_ENUM
        ACTION_COUNT,
    ACTION_OWN = ACTION_COUNT, /* and the next: the view's own, in its order */
    ACTION_END = ACTION_OWN + VIEW_OWN
};

struct action_entry {
    const char *name, *keys;
    unsigned contexts;
    int priority;
    const char *footer, *help;
};

/* What A is in CONTEXT (one bit); NULL: it is not there. */
const struct action_entry *action_entry(enum action a, unsigned context);

/*
 * The action of CONTEXT that comes after A in footers, help and manual, a view's own among the
 * others; from ACTION_NONE on, up to ACTION_NONE.
 */
enum action action_next(enum action a, unsigned context);

/* What KEY means in CONTEXT (one bit), with its argument in *ARG; ACTION_NONE if nothing. */
enum action action_for_key(uint32_t key, unsigned context, long *arg);

/* The first key of E by name into TEXT of SIZE bytes. */
void action_key_name(const struct action_entry *e, char *text, size_t size);

#endif
