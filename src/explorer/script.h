/*
 * script.h - keys to press and what to say meanwhile, as a text: guided tours and recorded
 * sessions.
 *
 *     # a comment
 *     press 3 p Right        keys by name (keys.h)
 *     type phone & gender    the keys of a text
 *     say Words for the audience, with a number {best silhouette} read from the screen.
 *     wait 6                 seconds to stay where the script plays by itself
 *
 * A step is its keys, then its words, then its time: "press" or "type" after "say" or "wait" begins
 * the next one.  Several "say" go together, an empty one breaks the line.  {WORDS} stands for the
 * first number behind WORDS on a line of the screen, {WORDS:3} for the third, {WORDS:-1} for the
 * last before them.
 */
#ifndef PROPNEU_EXPLORER_SCRIPT_H
#define PROPNEU_EXPLORER_SCRIPT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

#define SCRIPT_MAX_BYTES ((size_t)1 << 20)
#define SCRIPT_MAX_WAIT  3600

struct script_step {
    uint32_t *key; /* [keys] */
    size_t keys, cap;
    char *say;   /* NULL = nothing */
    double wait; /* seconds; negative = not told */
};

struct script {
    struct script_step *step; /* [count], at least one */
    size_t count, cap;
};

/* STATUS_FORMAT, naming NAME and the line, for what is not in this form or has no step at all. */
enum status script_parse(struct script *s, const void *bytes, size_t size, const char *name,
                         struct err *err);
enum status script_open(struct script *s, const char *path, struct err *err);
void script_free(struct script *s);

/* Appends the lines of a step of KEY [keys], TYPED into a prompt or not, and of a WAIT above 0. */
void script_write_keys(struct buf *out, const uint32_t *key, size_t keys, bool typed);
void script_write_wait(struct buf *out, double wait);

/*
 * SAY with its {WORDS} replaced by numbers of SCREEN, lines of text; "..." where they are not
 * there.  Returns how many were not.
 */
size_t script_fill(const char *say, const char *screen, struct buf *out);

#endif
