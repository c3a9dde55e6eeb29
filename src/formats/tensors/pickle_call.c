/*
 * Calls of a pickle: of the constructors whose results are plain values, which are made, and of any
 * other class, which become objects that only remember the call.
 */
#include "config.h"

#include "formats/tensors/pickle_vm.h"

#include <string.h>

/*
 * The only calls whose result is known: constructors of plain values, all of them pure.  A
 * constructor leaves *OUT as it is where the arguments are not those its pickles have; then the
 * call is kept as an object like any other.
 */
typedef enum status constructor_fn(struct vm *vm, const struct pickle_value *args,
                                   struct pickle_value **out);

static enum status call_keep(struct vm *vm, struct pickle_value *v, struct pickle_value **out)
{
    if (!v)
        return vm_nomem(vm);
    *out = v;
    return STATUS_OK;
}

/* A container of KIND with the same items; appending to one does not change the other. */
static struct pickle_value *call_copy_items(struct vm *vm, enum pickle_kind kind,
                                            const struct pickle_value *from)
{
    struct pickle_value *v = vm_value(vm, kind);
    if (v && from) {
        v->items = from->items;
        v->items.cap = v->items.count;
    }
    return v;
}

static bool is_sequence(const struct pickle_value *v)
{
    return v->kind == PICKLE_LIST || v->kind == PICKLE_TUPLE || v->kind == PICKLE_SET;
}

/* set(x), list(x), tuple(x), torch.Size(x): of nothing or of one sequence. */
static enum status make_sequence(struct vm *vm, enum pickle_kind kind,
                                 const struct pickle_value *args, struct pickle_value **out)
{
    const struct pickle_value *from = pickle_item(args, 0);
    if (args->items.count > 1 || (from && !is_sequence(from)))
        return STATUS_OK;
    return call_keep(vm, call_copy_items(vm, kind, from), out);
}

static enum status make_set(struct vm *vm, const struct pickle_value *args,
                            struct pickle_value **out)
{
    return make_sequence(vm, PICKLE_SET, args, out);
}

static enum status make_list(struct vm *vm, const struct pickle_value *args,
                             struct pickle_value **out)
{
    return make_sequence(vm, PICKLE_LIST, args, out);
}

static enum status make_tuple(struct vm *vm, const struct pickle_value *args,
                              struct pickle_value **out)
{
    return make_sequence(vm, PICKLE_TUPLE, args, out);
}

/* OrderedDict(), dict(d), Counter(d), and Python 2's OrderedDict([[key, value], ...]). */
static enum status make_dict(struct vm *vm, const struct pickle_value *args,
                             struct pickle_value **out)
{
    const struct pickle_value *from = pickle_item(args, 0);
    struct pickle_value *v = vm_value(vm, PICKLE_DICT);
    if (!v)
        return vm_nomem(vm);
    if (args->items.count > 1)
        return STATUS_OK;
    if (from && from->kind == PICKLE_DICT)
        return call_keep(vm, call_copy_items(vm, PICKLE_DICT, from), out);
    if (from && !is_sequence(from))
        return STATUS_OK;
    for (size_t i = 0; from && i < from->items.count; i++) {
        const struct pickle_value *pair = from->items.item[i];
        if (!is_sequence(pair) || pair->items.count != 2)
            return STATUS_OK;
        if (!vm_extend(vm, &v->items, (struct pickle_value **)pair->items.item, 2))
            return vm_nomem(vm);
    }
    return call_keep(vm, v, out);
}

/* defaultdict(factory): items follow. */
static enum status make_default_dict(struct vm *vm, const struct pickle_value *args,
                                     struct pickle_value **out)
{
    return args->items.count <= 1 ? call_keep(vm, vm_value(vm, PICKLE_DICT), out) : STATUS_OK;
}

/* UTF-8 of characters up to U+00FF as one byte each: how protocol 2 writes bytes. */
static bool text_to_latin1(const char *s, size_t len, char *out, size_t *out_len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x80) {
            if ((c != 0xc2 && c != 0xc3) || i + 1 == len || (s[i + 1] & 0xc0) != 0x80)
                return false;
            c = (unsigned char)((c & 3) << 6 | (s[++i] & 63));
        }
        out[n++] = (char)c;
    }
    *out_len = n;
    return true;
}

/* _codecs.encode(text, 'latin1'), bytearray(text, 'latin-1').  Each text is converted only once. */
static enum status make_encoded(struct vm *vm, const struct pickle_value *args,
                                struct pickle_value **out)
{
    /* Every value is the machine's own and was made mutable. */
    struct pickle_value *text = (struct pickle_value *)(uintptr_t)pickle_item(args, 0);
    const struct pickle_value *codec = pickle_item(args, 1);
    if (args->items.count != 2 || text->kind != PICKLE_STR ||
        (!pickle_is(codec, "latin1") && !pickle_is(codec, "latin-1")))
        return STATUS_OK;
    if (!text->text.latin1) {
        struct pickle_value *bytes = vm_value(vm, PICKLE_BYTES);
        char *data = arena_zeros(vm->arena, text->text.len, 1);
        if (!bytes || !data)
            return vm_nomem(vm);
        if (!text_to_latin1(text->text.data, text->text.len, data, &bytes->text.len))
            return vm_fail(vm, "text that is not Latin-1");
        bytes->text.data = data;
        text->text.latin1 = bytes;
    }
    *out = text->text.latin1;
    return STATUS_OK;
}

/* bytes(), bytearray(), bytearray(b), bytearray(text, 'latin-1'). */
static enum status make_bytes(struct vm *vm, const struct pickle_value *args,
                              struct pickle_value **out)
{
    const struct pickle_value *from = pickle_item(args, 0);
    if (args->items.count == 2)
        return make_encoded(vm, args, out);
    if (args->items.count > 1 || (from && from->kind != PICKLE_BYTES))
        return STATUS_OK;
    struct pickle_value *v = vm_value(vm, PICKLE_BYTES);
    if (v && from)
        v->text = from->text;
    return call_keep(vm, v, out);
}

static const struct {
    const char *name; /* "*" stands for Python 3's builtins and Python 2's __builtin__ */
    constructor_fn *make;
} constructors[] = {
    {"collections.OrderedDict", make_dict},
    {"collections.Counter", make_dict},
    {"collections.defaultdict", make_default_dict},
    {"_codecs.encode", make_encoded},
    {"torch.Size", make_tuple},
    {"*.dict", make_dict},
    {"*.set", make_set},
    {"*.frozenset", make_set},
    {"*.list", make_list},
    {"*.tuple", make_tuple},
    {"*.bytes", make_bytes},
    {"*.bytearray", make_bytes},
};

/* True if CLASS is called NAME, in which * stands for the module of built-in names. */
static bool class_is(const struct pickle_value *class, const char *name)
{
    static const char *const builtins[] = {"builtins", "__builtin__"};
    if (name[0] != '*')
        return pickle_is(class, name);
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(builtins[i]), rest = strlen(name + 1);
        if (class->text.len == n + rest && memcmp(class->text.data, builtins[i], n) == 0 &&
            memcmp(class->text.data + n, name + 1, rest) == 0)
            return true;
    }
    return false;
}

/*
 * copyreg's helpers only say that an object of their first argument's class is to be made:
 * _reconstructor(class, base, base state) and __newobj__(class, ...).
 */
static const struct pickle_value *real_class(const struct pickle_value *callee,
                                             const struct pickle_value *args)
{
    static const char *const helpers[] = {"copyreg._reconstructor", "copy_reg._reconstructor",
                                          "copyreg.__newobj__", "copy_reg.__newobj__"};
    const struct pickle_value *first = pickle_item(args, 0);
    for (size_t i = 0; i < sizeof helpers / sizeof helpers[0]; i++)
        if (first && first->kind == PICKLE_CLASS && pickle_is(callee, helpers[i]))
            return first;
    return NULL;
}

enum status vm_call(struct vm *vm, const struct pickle_value *callee,
                    const struct pickle_value *args, struct pickle_value **out)
{
    struct pickle_value *made = NULL;
    enum status code = STATUS_OK;
    const struct pickle_value *class = real_class(callee, args);
    if (class) {
        callee = class;
        args = vm_tuple(vm, NULL, 0);
    }
    for (size_t i = 0; callee->kind == PICKLE_CLASS && !code && !made; i++) {
        if (i == sizeof constructors / sizeof constructors[0])
            break;
        if (class_is(callee, constructors[i].name))
            code = constructors[i].make(vm, args, &made);
    }
    if (code || made) {
        *out = made;
        return code;
    }
    made = vm_value(vm, PICKLE_OBJECT);
    if (!made)
        return vm_nomem(vm);
    made->object.callee = callee;
    made->object.args = args;
    *out = made;
    return STATUS_OK;
}
