/*
 * Memory of edited tensors.  Tensors are copied before they are written to, since those of a file
 * are borrowed from its mapping, may share a storage and may lie in any order.
 */
#include "config.h"

#include "edit/edited.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"

/* Owner of an edited checkpoint's tensors: the owner it had, and the edited tensors. */
struct edited {
    void *owner; /* of the tensors that were not edited, with its functions (tensors.h) */
    void (*release)(void *owner);
    void (*forget)(void *owner, const void *p, size_t n);
    struct arena memory; /* of the edited ones */
};

static void release_edited(void *owner)
{
    struct edited *o = owner;
    if (o->release)
        o->release(o->owner);
    arena_free(&o->memory);
    free(o);
}

/* Edited tensors lie outside every file and stay. */
static void forget_unedited(void *owner, const void *p, size_t n)
{
    const struct edited *o = owner;
    if (o->forget)
        o->forget(o->owner, p, n);
}

void *edited_memory(struct checkpoint *c, size_t n, size_t size)
{
    struct tensors *t = &c->tensors;
    struct edited *o = t->release == release_edited ? t->owner : NULL;
    if (!o) {
        o = mem_zeros(1, sizeof *o);
        if (!o)
            return NULL;
        *o = (struct edited){t->owner, t->release, t->forget, arena_make(SIZE_MAX)};
        t->owner = o;
        t->release = release_edited;
        t->forget = forget_unedited;
    }
    return arena_zeros(&o->memory, n, size);
}

unsigned char *edited_tensor(struct checkpoint *c, struct tensor *t)
{
    unsigned char *data = edited_memory(c, t->count, dtype_size(t->dtype));
    if (data) {
        tensor_copy(t, data);
        tensor_set_rows(t);
        t->data = data;
    }
    return data;
}
