/*
 * The machine that runs a pickle, as Python's pickle.py and pickletools.py describe it, protocols 0
 * to 5: stack, marks, memo and the table of opcodes.  Nothing is imported and nothing called: a
 * call of a class that is not known becomes a value that remembers it.  Memory is bounded by the
 * file's size.
 */
#include "config.h"

#include "formats/tensors/pickle.h"

#include <stdlib.h>
#include <string.h>

#include "formats/tensors/pickle_vm.h"
#include "base/mem.h"

#define MAX_ARENA   ((size_t)100 << 20)
#define MAX_ENTRIES ((size_t)4 << 20) /* of the stack, the marks and the memo */

/*
 * The costliest opcode, a tuple of one value, takes one byte of the pickle and 64 of memory; no
 * pickle, however made, needs more than this for each of its bytes.
 */
#define ARENA_PER_BYTE 128
#define ARENA_EXTRA    65536

enum status vm_fail(struct vm *vm, const char *why)
{
    return err_set(vm->err, STATUS_FORMAT, "%s: byte %zu: %s", vm->name, vm->op, why);
}

enum status vm_nomem(struct vm *vm)
{
    return err_blame(vm->err, STATUS_UNSUPPORTED, vm->name,
                     "byte %zu: more values than memory is allowed for", vm->op);
}

struct pickle_value *vm_value(struct vm *vm, enum pickle_kind kind)
{
    struct pickle_value *v = arena_zeros(vm->arena, 1, sizeof *v);
    if (v)
        v->kind = kind;
    return v;
}

enum status vm_push(struct vm *vm, struct pickle_value *v)
{
    if (!v || vm->depth >= MAX_ENTRIES ||
        !mem_grow(&vm->stack, &vm->stack_cap, vm->depth + 1, sizeof(struct pickle_value *)))
        return vm_nomem(vm);
    vm->stack[vm->depth++] = v;
    return STATUS_OK;
}

struct pickle_value *vm_top(const struct vm *vm)
{
    size_t floor = vm->marks ? vm->mark[vm->marks - 1] : 0;
    return vm->depth > floor ? vm->stack[vm->depth - 1] : NULL;
}

struct pickle_value *vm_pop(struct vm *vm)
{
    struct pickle_value *v = vm_top(vm);
    if (v)
        vm->depth--;
    return v;
}

enum status vm_take_mark(struct vm *vm, struct pickle_value ***first, size_t *n)
{
    if (!vm->marks)
        return vm_fail(vm, "no mark on the stack");
    size_t floor = vm->mark[--vm->marks];
    *n = vm->depth - floor;
    *first = vm->stack ? vm->stack + floor : NULL;
    vm->depth = floor;
    return STATUS_OK;
}

const unsigned char *vm_bytes(struct vm *vm, size_t n)
{
    const unsigned char *p = vm->at;
    if (n > (size_t)(vm->end - vm->at))
        return NULL;
    vm->at += n;
    return p;
}

bool vm_number(struct vm *vm, unsigned n, uint64_t *out)
{
    const unsigned char *p = vm_bytes(vm, n);
    *out = 0;
    if (p)
        memcpy(out, p, n);
    return p;
}

bool vm_line(struct vm *vm, const char **text, size_t *len)
{
    const unsigned char *p = vm->at, *newline = NULL;
    if (vm->at < vm->end)
        newline = memchr(p, '\n', (size_t)(vm->end - p));
    if (!newline)
        return false;
    *text = (const char *)p;
    *len = (size_t)(newline - p);
    vm->at = newline + 1;
    return true;
}

static enum status op_mark(struct vm *vm, int op)
{
    (void)op;
    if (vm->marks >= MAX_ENTRIES ||
        !mem_grow(&vm->mark, &vm->mark_cap, vm->marks + 1, sizeof *vm->mark))
        return vm_nomem(vm);
    vm->mark[vm->marks++] = vm->depth;
    return STATUS_OK;
}

/* POP and POP_MARK. */
static enum status op_pop(struct vm *vm, int op)
{
    struct pickle_value **first;
    size_t n;
    /* POP takes a mark off where the mark is on top. */
    if (op == '1' || (!vm_top(vm) && vm->marks))
        return vm_take_mark(vm, &first, &n);
    return vm_pop(vm) ? STATUS_OK : vm_fail(vm, "the stack is empty");
}

static enum status op_dup(struct vm *vm, int op)
{
    struct pickle_value *v = vm_top(vm);
    (void)op;
    return v ? vm_push(vm, v) : vm_fail(vm, "the stack is empty");
}

/* STOP: what is on top is the result. */
static enum status op_stop(struct vm *vm, int op)
{
    (void)op;
    if (!vm_top(vm))
        return vm_fail(vm, "the stack is empty");
    vm->stopped = true;
    return STATUS_OK;
}

/* PROTO: the version that the pickle was written for. */
static enum status op_proto(struct vm *vm, int op)
{
    uint64_t version;
    (void)op;
    if (!vm_number(vm, 1, &version))
        return vm_fail(vm, "the file ends here");
    return version <= 5 ? STATUS_OK
                        : err_set(vm->err, STATUS_UNSUPPORTED, "%s: pickle protocol %d", vm->name,
                                  (int)version);
}

static enum status op_frame(struct vm *vm, int op)
{
    uint64_t size;
    (void)op;
    /* Frames are a hint for buffered reading. */
    if (!vm_number(vm, 8, &size) || size > (size_t)(vm->end - vm->at))
        return vm_fail(vm, "a frame reaches behind the end");
    return STATUS_OK;
}

/* The memo index that PUT, GET and their binary forms carry. */
static enum status vm_memo_index(struct vm *vm, int op, size_t *index)
{
    const char *text;
    size_t len;
    uint64_t n = 0;
    if (op == 'p' || op == 'g') {
        if (!vm_line(vm, &text, &len) || len == 0 || len > 9)
            return vm_fail(vm, "no memo index");
        for (size_t i = 0; i < len; i++) {
            if (text[i] < '0' || text[i] > '9')
                return vm_fail(vm, "no memo index");
            n = n * 10 + (uint64_t)(text[i] - '0');
        }
    } else if (!vm_number(vm, op == 'q' || op == 'h' ? 1 : 4, &n)) {
        return vm_fail(vm, "the file ends here");
    }
    *index = n;
    return STATUS_OK;
}

/*
 * PUT, BINPUT, LONG_BINPUT, MEMOIZE: the topmost value into the memo, under a number of its own or
 * the next one.
 */
static enum status op_put(struct vm *vm, int op)
{
    struct pickle_value *v = vm_top(vm);
    size_t index = vm->memo_count;
    enum status code = op == 0x94 ? STATUS_OK : vm_memo_index(vm, op, &index);
    if (code)
        return code;
    if (!v)
        return vm_fail(vm, "the stack is empty");
    /* Picklers number from 0 or 1 without gaps: an index takes at least a byte. */
    if (index > (size_t)(vm->end - vm->start))
        return vm_fail(vm, "memo index out of range");
    if (index >= MAX_ENTRIES ||
        !mem_grow(&vm->memo, &vm->memo_cap, index + 1, sizeof(struct pickle_value *)))
        return vm_nomem(vm);
    while (vm->memo_count <= index)
        vm->memo[vm->memo_count++] = NULL;
    vm->memo[index] = v;
    return STATUS_OK;
}

/* GET, BINGET, LONG_BINGET: a value of the memo again. */
static enum status op_get(struct vm *vm, int op)
{
    size_t index;
    enum status code = vm_memo_index(vm, op, &index);
    if (code)
        return code;
    if (index >= vm->memo_count || !vm->memo[index])
        return vm_fail(vm, "nothing was stored under this memo index");
    return vm_push(vm, vm->memo[index]);
}

static enum status op_refused(struct vm *vm, int op)
{
    return err_set(vm->err, STATUS_UNSUPPORTED, "%s: byte %zu: %s", vm->name, vm->op,
                   op == 0x97 || op == 0x98 ? "data outside the pickle (buffers)"
                                            : "an entry of the extension registry");
}

/* The opcodes of all protocols, by the letters and numbers Python's pickle.py documents. */
static op_fn *const operations[256] = {
    ['('] = op_mark,          ['.'] = op_stop,         ['0'] = op_pop,
    ['1'] = op_pop,           ['2'] = op_dup,          [0x80] = op_proto,
    [0x95] = op_frame,        ['N'] = op_constant,     [0x88] = op_constant,
    [0x89] = op_constant,     ['I'] = op_int_text,     ['L'] = op_int_text,
    ['J'] = op_int,           ['K'] = op_int,          ['M'] = op_int,
    [0x8a] = op_long,         [0x8b] = op_long,        ['F'] = op_float_text,
    ['G'] = op_float,         ['S'] = op_string_text,  ['V'] = op_unicode_text,
    ['T'] = op_text,          ['U'] = op_text,         ['X'] = op_text,
    [0x8c] = op_text,         [0x8d] = op_text,        ['B'] = op_text,
    ['C'] = op_text,          [0x8e] = op_text,        [0x96] = op_text,
    ['p'] = op_put,           ['q'] = op_put,          ['r'] = op_put,
    [0x94] = op_put,          ['g'] = op_get,          ['h'] = op_get,
    ['j'] = op_get,           [')'] = op_empty,        [']'] = op_empty,
    ['}'] = op_empty,         [0x8f] = op_empty,       ['t'] = op_tuple,
    [0x85] = op_short_tuple,  [0x86] = op_short_tuple, [0x87] = op_short_tuple,
    ['l'] = op_list,          ['d'] = op_dict,         [0x91] = op_frozenset,
    ['a'] = op_append,        ['e'] = op_appends,      ['s'] = op_setitem,
    ['u'] = op_setitems,      [0x90] = op_additems,    ['c'] = op_global,
    [0x93] = op_stack_global, ['R'] = op_reduce,       [0x81] = op_newobj,
    [0x92] = op_newobj_ex,    ['o'] = op_obj,          ['i'] = op_inst,
    ['b'] = op_build,         ['P'] = op_persid,       ['Q'] = op_binpersid,
    [0x82] = op_refused,      [0x83] = op_refused,     [0x84] = op_refused,
    [0x97] = op_refused,      [0x98] = op_refused,
};

/* Opcode by opcode up to STOP. */
static enum status vm_run(struct vm *vm)
{
    while (!vm->stopped) {
        vm->op = (size_t)(vm->at - vm->start);
        if (vm->at == vm->end)
            return vm_fail(vm, "the pickle has no end");
        int op = *vm->at++;
        if (!operations[op])
            return vm_fail(vm, "no opcode of a pickle");
        enum status code = operations[op](vm, op);
        if (code)
            return code;
    }
    return STATUS_OK;
}

enum status pickle_parse(struct pickle *p, const void *bytes, size_t size, const char *name,
                         struct err *err)
{
    size_t limit = MAX_ARENA;
    if (size < (MAX_ARENA - ARENA_EXTRA) / ARENA_PER_BYTE)
        limit = size * ARENA_PER_BYTE + ARENA_EXTRA;
    if (size == 0)
        return err_set(err, STATUS_FORMAT, "%s: the pickle is empty", name);
    struct arena arena = arena_make(limit);
    struct vm vm = {.start = bytes, .name = name, .arena = &arena, .err = err};
    vm.at = vm.start;
    vm.end = vm.start + size;
    enum status code = vm_run(&vm);
    if (code)
        arena_free(&arena);
    else
        *p = (struct pickle){vm.stack[vm.depth - 1], (size_t)(vm.at - vm.start), vm.persids, arena};
    free(vm.stack);
    free(vm.mark);
    free(vm.memo);
    return code;
}

void pickle_free(struct pickle *p)
{
    arena_free(&p->arena);
    *p = (struct pickle){0};
}
