/*
 * pickle_vm.h - the machine that a pickle is a program for; private to the pickle reader.
 */
#ifndef PROPNEU_FORMATS_TENSORS_PICKLE_VM_H
#define PROPNEU_FORMATS_TENSORS_PICKLE_VM_H

#include "formats/tensors/pickle.h"

struct vm {
    const unsigned char *start, *at, *end;
    size_t op;        /* where the current opcode stands, for messages */
    const char *name; /* of the file, for messages */
    struct arena *arena;
    struct pickle_value **stack; /* [depth] */
    size_t depth, stack_cap;
    size_t *mark; /* [marks]: depths of the stack */
    size_t marks, mark_cap;
    struct pickle_value **memo; /* [memo_count], NULL where nothing was put */
    size_t memo_count, memo_cap;
    struct pickle_items persids; /* persistent ids met, torch's storages */
    bool stopped;                /* by the opcode STOP */
    struct err *err;
};

/* One opcode's work; OP is the opcode itself, for those that share a function. */
typedef enum status op_fn(struct vm *vm, int op);

/* Fails with "NAME: byte N: WHY". */
enum status vm_fail(struct vm *vm, const char *why);
enum status vm_nomem(struct vm *vm);

/* A new value of KIND, or NULL when the arena's bound is reached. */
struct pickle_value *vm_value(struct vm *vm, enum pickle_kind kind);

/* Pushes V; NULL is taken for lack of memory, so that vm_value can be passed on unseen. */
enum status vm_push(struct vm *vm, struct pickle_value *v);

/* The topmost value above the innermost mark, taken off; NULL if there is none. */
struct pickle_value *vm_pop(struct vm *vm);

/* The same, left there. */
struct pickle_value *vm_top(const struct vm *vm);

/* Ends the innermost mark: *FIRST and *N are the values above it, which the caller takes off. */
enum status vm_take_mark(struct vm *vm, struct pickle_value ***first, size_t *n);

/* The next N bytes of the pickle, or NULL if it ends before. */
const unsigned char *vm_bytes(struct vm *vm, size_t n);

/* An unsigned little-endian number of N <= 8 bytes. */
bool vm_number(struct vm *vm, unsigned n, uint64_t *out);

/* The text up to the next newline, which is skipped. */
bool vm_line(struct vm *vm, const char **text, size_t *len);

/* The class of MODULE and NAME. */
struct pickle_value *vm_class(struct vm *vm, const char *module, size_t module_len,
                              const char *name, size_t name_len);

/* A tuple of the N values at FIRST. */
struct pickle_value *vm_tuple(struct vm *vm, struct pickle_value *const *first, size_t n);

/* Appends N values to ITEMS; false when the arena's bound is reached. */
bool vm_extend(struct vm *vm, struct pickle_items *items, struct pickle_value *const *first,
               size_t n);

/* What calling CALLEE with ARGS gives: a known value, or an OBJECT that remembers the call. */
enum status vm_call(struct vm *vm, const struct pickle_value *callee,
                    const struct pickle_value *args, struct pickle_value **out);

op_fn op_int_text, op_int, op_long, op_float_text, op_float, op_string_text, op_unicode_text,
    op_text, op_constant;
op_fn op_empty, op_tuple, op_short_tuple, op_list, op_dict, op_frozenset, op_append, op_appends,
    op_setitem, op_setitems, op_additems;
op_fn op_global, op_stack_global, op_reduce, op_newobj, op_newobj_ex, op_obj, op_inst, op_build,
    op_persid, op_binpersid;

#endif
