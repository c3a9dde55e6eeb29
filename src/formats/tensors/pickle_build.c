/*
 * Opcodes that make containers and objects of what is on the stack: tuples, lists, dictionaries,
 * sets, classes, calls, state and persistent ids.
 */
#include "config.h"

#include "formats/tensors/pickle_vm.h"

#include <string.h>

#include "base/mem.h"

/* A value that needs no room of its own, since nothing can be added to it. */
static struct pickle_value no_values = {.kind = PICKLE_TUPLE};

static enum status vm_stack_empty(struct vm *vm)
{
    return vm_fail(vm, "too few values on the stack");
}

bool vm_extend(struct vm *vm, struct pickle_items *items, struct pickle_value *const *first,
               size_t n)
{
    size_t need;
    if (!add_size(items->count, n, &need))
        return false;
    if (need > items->cap) {
        /* At least doubled: what the arena loses to outgrown arrays is no more than what is used.
         */
        size_t cap = need > 2 * items->cap ? need : 2 * items->cap;
        const struct pickle_value **grown = arena_zeros(vm->arena, cap, sizeof *grown);
        if (!grown)
            return false;
        if (items->count)
            memcpy(grown, items->item, items->count * sizeof *grown);
        items->item = grown;
        items->cap = cap;
    }
    if (n)
        memcpy(items->item + items->count, first, n * sizeof *first);
    items->count = need;
    return true;
}

/* A container of KIND with the N values at FIRST; NULL when the arena's bound is reached. */
static struct pickle_value *vm_container(struct vm *vm, enum pickle_kind kind,
                                         struct pickle_value *const *first, size_t n)
{
    struct pickle_value *v = vm_value(vm, kind);
    return v && vm_extend(vm, &v->items, first, n) ? v : NULL;
}

struct pickle_value *vm_tuple(struct vm *vm, struct pickle_value *const *first, size_t n)
{
    return n ? vm_container(vm, PICKLE_TUPLE, first, n) : &no_values;
}

/* EMPTY_TUPLE, EMPTY_LIST, EMPTY_DICT, EMPTY_SET. */
enum status op_empty(struct vm *vm, int op)
{
    switch (op) {
    case ')': return vm_push(vm, &no_values);
    case ']': return vm_push(vm, vm_value(vm, PICKLE_LIST));
    case '}': return vm_push(vm, vm_value(vm, PICKLE_DICT));
    default: return vm_push(vm, vm_value(vm, PICKLE_SET));
    }
}

/* What stands above the mark, as container of KIND. */
static enum status vm_push_from_mark(struct vm *vm, enum pickle_kind kind)
{
    struct pickle_value **first;
    size_t n;
    enum status code = vm_take_mark(vm, &first, &n);
    if (code)
        return code;
    if (kind == PICKLE_DICT && n % 2)
        return vm_fail(vm, "a key without a value");
    return vm_push(vm, vm_container(vm, kind, first, n));
}

enum status op_tuple(struct vm *vm, int op)
{
    (void)op;
    return vm_push_from_mark(vm, PICKLE_TUPLE);
}

enum status op_list(struct vm *vm, int op)
{
    (void)op;
    return vm_push_from_mark(vm, PICKLE_LIST);
}

enum status op_dict(struct vm *vm, int op)
{
    (void)op;
    return vm_push_from_mark(vm, PICKLE_DICT);
}

enum status op_frozenset(struct vm *vm, int op)
{
    (void)op;
    return vm_push_from_mark(vm, PICKLE_SET);
}

/* N values off the stack, none of them below a mark; their place in *FIRST. */
static bool vm_take(struct vm *vm, size_t n, struct pickle_value ***first)
{
    size_t floor = vm->marks ? vm->mark[vm->marks - 1] : 0;
    if (vm->depth - floor < n)
        return false;
    vm->depth -= n;
    *first = vm->stack ? vm->stack + vm->depth : NULL;
    return true;
}

enum status op_short_tuple(struct vm *vm, int op)
{
    struct pickle_value **first;
    size_t n = (size_t)op - 0x84;
    if (!vm_take(vm, n, &first))
        return vm_stack_empty(vm);
    return vm_push(vm, vm_tuple(vm, first, n));
}

/*
 * Adds N values to the topmost value, a container of KIND or an object that would have taken
 * them by its own methods.
 */
static enum status vm_add_items(struct vm *vm, enum pickle_kind kind,
                                struct pickle_value *const *first, size_t n)
{
    struct pickle_value *to = vm_top(vm);
    bool pairs = kind == PICKLE_DICT;
    if (!to)
        return vm_stack_empty(vm);
    if (pairs && n % 2)
        return vm_fail(vm, "a key without a value");
    if (n == 0)
        return STATUS_OK;
    if (to->kind == kind)
        return vm_extend(vm, &to->items, first, n) ? STATUS_OK : vm_nomem(vm);
    if (to->kind != PICKLE_OBJECT)
        return vm_fail(vm, "items for a value that takes none");
    if (to->object.items && to->object.pairs != pairs)
        return vm_fail(vm, "an object that is list and dictionary");
    to->object.pairs = pairs;
    if (!to->object.items)
        to->object.items = arena_zeros(vm->arena, 1, sizeof *to->object.items);
    return to->object.items && vm_extend(vm, to->object.items, first, n) ? STATUS_OK : vm_nomem(vm);
}

static enum status vm_add_top(struct vm *vm, enum pickle_kind kind, size_t n)
{
    struct pickle_value **first;
    return vm_take(vm, n, &first) ? vm_add_items(vm, kind, first, n) : vm_stack_empty(vm);
}

static enum status vm_add_from_mark(struct vm *vm, enum pickle_kind kind)
{
    struct pickle_value **first;
    size_t n;
    enum status code = vm_take_mark(vm, &first, &n);
    return code ? code : vm_add_items(vm, kind, first, n);
}

enum status op_append(struct vm *vm, int op)
{
    (void)op;
    return vm_add_top(vm, PICKLE_LIST, 1);
}

enum status op_appends(struct vm *vm, int op)
{
    (void)op;
    return vm_add_from_mark(vm, PICKLE_LIST);
}

enum status op_setitem(struct vm *vm, int op)
{
    (void)op;
    return vm_add_top(vm, PICKLE_DICT, 2);
}

enum status op_setitems(struct vm *vm, int op)
{
    (void)op;
    return vm_add_from_mark(vm, PICKLE_DICT);
}

enum status op_additems(struct vm *vm, int op)
{
    (void)op;
    return vm_add_from_mark(vm, PICKLE_SET);
}

struct pickle_value *vm_class(struct vm *vm, const char *module, size_t module_len,
                              const char *name, size_t name_len)
{
    struct pickle_value *v = vm_value(vm, PICKLE_CLASS);
    char *text = v ? arena_zeros(vm->arena, module_len + name_len + 1, 1) : NULL;
    if (!text)
        return NULL;
    memcpy(text, module, module_len);
    text[module_len] = '.';
    memcpy(text + module_len + 1, name, name_len);
    v->text.data = text;
    v->text.len = module_len + name_len + 1;
    return v;
}

/* Lines of a GLOBAL or INST; longer names belong to no class and would be costly to copy. */
static struct pickle_value *vm_class_lines(struct vm *vm)
{
    const char *module, *name;
    size_t module_len, name_len;
    if (!vm_line(vm, &module, &module_len) || !vm_line(vm, &name, &name_len))
        return NULL;
    return vm_class(vm, module, module_len, name, name_len);
}

enum status op_global(struct vm *vm, int op)
{
    (void)op;
    struct pickle_value *class = vm_class_lines(vm);
    return class ? vm_push(vm, class) : vm_fail(vm, "no class name");
}

/* STACK_GLOBAL: module and name from the stack. */
enum status op_stack_global(struct vm *vm, int op)
{
    struct pickle_value **part;
    (void)op;
    if (!vm_take(vm, 2, &part))
        return vm_stack_empty(vm);
    /* The parts may come from the memo: short, so that few bytes cannot copy long names often. */
    if (part[0]->kind != PICKLE_STR || part[1]->kind != PICKLE_STR || part[0]->text.len > 1024 ||
        part[1]->text.len > 1024)
        return vm_fail(vm, "no class name");
    return vm_push(vm, vm_class(vm, part[0]->text.data, part[0]->text.len, part[1]->text.data,
                                part[1]->text.len));
}

/* Pushes what calling CALLEE with ARGS gives. */
static enum status vm_push_call(struct vm *vm, const struct pickle_value *callee,
                                const struct pickle_value *args)
{
    struct pickle_value *made = NULL;
    if (args->kind != PICKLE_TUPLE)
        return vm_fail(vm, "arguments that are no tuple");
    enum status code = vm_call(vm, callee, args, &made);
    return code ? code : vm_push(vm, made);
}

/* REDUCE: a callable and a tuple. */
enum status op_reduce(struct vm *vm, int op)
{
    struct pickle_value **part;
    (void)op;
    return vm_take(vm, 2, &part) ? vm_push_call(vm, part[0], part[1]) : vm_stack_empty(vm);
}

enum status op_newobj(struct vm *vm, int op)
{
    return op_reduce(vm, op);
}

/* Keyword arguments are left out: nothing propneu reads has any. */
enum status op_newobj_ex(struct vm *vm, int op)
{
    struct pickle_value **part;
    (void)op;
    return vm_take(vm, 3, &part) ? vm_push_call(vm, part[0], part[1]) : vm_stack_empty(vm);
}

/* OBJ: class and arguments above the mark. */
enum status op_obj(struct vm *vm, int op)
{
    struct pickle_value **first;
    size_t n;
    (void)op;
    enum status code = vm_take_mark(vm, &first, &n);
    if (code)
        return code;
    if (n == 0)
        return vm_stack_empty(vm);
    struct pickle_value *class = first[0], *args = vm_tuple(vm, first + 1, n - 1);
    return args ? vm_push_call(vm, class, args) : vm_nomem(vm);
}

/* INST: as OBJ, but with the class as two lines. */
enum status op_inst(struct vm *vm, int op)
{
    struct pickle_value **first;
    size_t n;
    (void)op;
    struct pickle_value *class = vm_class_lines(vm);
    if (!class)
        return vm_fail(vm, "no class name");
    enum status code = vm_take_mark(vm, &first, &n);
    if (code)
        return code;
    struct pickle_value *args = vm_tuple(vm, first, n);
    return args ? vm_push_call(vm, class, args) : vm_nomem(vm);
}

/* State belongs to objects; what known containers get in addition to their items is dropped. */
enum status op_build(struct vm *vm, int op)
{
    struct pickle_value **part;
    (void)op;
    if (!vm_take(vm, 2, &part))
        return vm_stack_empty(vm);
    if (part[0]->kind == PICKLE_OBJECT)
        part[0]->object.state = part[1];
    return vm_push(vm, part[0]);
}

/*
 * A value that stands for what lies outside the pickle, such as a storage; noted in the order met.
 */
static enum status vm_push_persid(struct vm *vm, const struct pickle_value *id)
{
    struct pickle_value *v = vm_value(vm, PICKLE_PERSID);
    if (!v || !vm_extend(vm, &vm->persids, &v, 1))
        return vm_nomem(vm);
    v->id = id;
    return vm_push(vm, v);
}

/* PERSID: a line; BINPERSID: the topmost value. */
enum status op_persid(struct vm *vm, int op)
{
    const char *text;
    size_t len;
    (void)op;
    if (!vm_line(vm, &text, &len))
        return vm_fail(vm, "the file ends within a value");
    struct pickle_value *id = vm_value(vm, PICKLE_STR);
    if (!id)
        return vm_nomem(vm);
    id->text.data = text;
    id->text.len = len;
    return vm_push_persid(vm, id);
}

enum status op_binpersid(struct vm *vm, int op)
{
    struct pickle_value *id = vm_pop(vm);
    (void)op;
    return id ? vm_push_persid(vm, id) : vm_stack_empty(vm);
}
