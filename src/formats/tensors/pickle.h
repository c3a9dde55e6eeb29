/*
 * pickle.h - Python pickles, protocols 0 to 5, as plain values.
 *
 * The reader builds values and executes nothing: a class is a name, a call is remembered as callee
 * and arguments.  Only a short list of well-known constructors (OrderedDict, set, bytes, ...) is
 * turned into the value it would have made.  Values may share parts and may contain themselves:
 * every walk needs a bound on depth and on the number of steps.
 */
#ifndef PROPNEU_FORMATS_TENSORS_PICKLE_H
#define PROPNEU_FORMATS_TENSORS_PICKLE_H

#include "base/arena.h"
#include "formats/tensors/tensors.h"

enum pickle_kind {
    PICKLE_NONE,
    PICKLE_BOOL,
    PICKLE_INT,
    PICKLE_BIGINT, /* does not fit 64 bits: only its sign is kept */
    PICKLE_FLOAT,
    PICKLE_STR,   /* UTF-8 */
    PICKLE_BYTES, /* bytes, bytearray */
    PICKLE_LIST,
    PICKLE_TUPLE,
    PICKLE_SET, /* set, frozenset */
    PICKLE_DICT,
    PICKLE_CLASS,  /* a name: "module.qualified.name" */
    PICKLE_OBJECT, /* a call that was not made */
    PICKLE_PERSID, /* a persistent id: the value that names it */
};

struct pickle_value;

/* Items of a list, tuple or set; keys and values in turn of a dict. */
struct pickle_items {
    const struct pickle_value **item; /* [count] */
    size_t count, cap;
};

struct pickle_value {
    enum pickle_kind kind;
    union {
        int64_t i; /* BOOL, INT; the sign of a BIGINT: -1 or 1 */
        double f;
        struct {
            const char *data; /* [len], not terminated; borrowed from the pickle or its arena */
            size_t len;
            struct pickle_value *latin1; /* as BYTES, one for each character, once asked for */
        } text;                          /* STR, BYTES, CLASS */
        struct pickle_items items;
        struct {
            const struct pickle_value *callee; /* usually a CLASS */
            const struct pickle_value *args;   /* TUPLE */
            const struct pickle_value *state;  /* what BUILD gave, or NULL */
            struct pickle_items *items;        /* what was appended or set on it, or NULL */
            bool pairs;                        /* the items are keys and values in turn */
        } object;
        const struct pickle_value *id; /* PERSID */
    };
};

struct pickle {
    const struct pickle_value *root;
    size_t used;                 /* bytes up to and with the final STOP */
    struct pickle_items persids; /* every persistent id, in the order they were met */
    struct arena arena;
};

/*
 * Reads one pickle from the SIZE bytes, which must outlive P; bytes behind STOP are left alone.
 * NAME stands in messages, with the byte.  Memory is bounded in proportion to SIZE and by 100 MB.
 */
enum status pickle_parse(struct pickle *p, const void *bytes, size_t size, const char *name,
                         struct err *err);
void pickle_free(struct pickle *p);

/* True for a STR, BYTES or CLASS that is exactly S. */
bool pickle_is(const struct pickle_value *v, const char *s);

/* The value of the string KEY in a DICT (the last one set), or NULL; also for V = NULL. */
const struct pickle_value *pickle_get(const struct pickle_value *v, const char *key);

/* Item I of a LIST or TUPLE, or NULL; also for V = NULL. */
const struct pickle_value *pickle_item(const struct pickle_value *v, size_t i);

/* The class an object was made of, or the function called: its name in TEXT, true; else false. */
bool pickle_class(const struct pickle_value *v, char *text, size_t size);

/* True for an object whose callee is exactly the class NAME. */
bool pickle_calls(const struct pickle_value *v, const char *name);

/* Numbers: BOOL and INT; and also FLOAT and NumPy scalars for pickle_float.  False for others. */
bool pickle_int(const struct pickle_value *v, int64_t *out);
bool pickle_float(struct pickle *p, const struct pickle_value *v, double *out);

/*
 * A NumPy array or scalar as tensor, borrowed from P (copied into its arena only where bytes have
 * to be swapped).  NAME is kept as the tensor's name.  STATUS_NOTFOUND if V is neither,
 * STATUS_UNSUPPORTED if its elements are no numbers, STATUS_FORMAT if its parts disagree.
 */
enum status pickle_array(struct pickle *p, const struct pickle_value *v, const char *name,
                         struct tensor *out, struct err *err);

#endif
