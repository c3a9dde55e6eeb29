/* Any bytes are a pickle, or a message; its values can be walked and its arrays read. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tensor.h"
#include "formats/tensors/pickle.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_BYTES("\x80\2}q\1(X\1\0\0\0kq\2](K\1M\1\2J\377\377\377\377G@\0\0\0\0\0\0\0\x8a\2\1\2"
               "\x88\x89Neh\2cargparse\nNamespace\n)\x81}h\2h\1sbu."),
    FUZZ_BYTES("(dp0\nS'a\\x41'\np1\nI01\nsV\\u00e9\np2\n(lp3\nL12345678901234567890L\naF1.5\na"
               "scmod\nfn\n(g1\ntR(imod\nOld\n(cmod\nOld\nog2\nPid\n."),
    FUZZ_BYTES("\x80\4\x95\x30\0\0\0\0\0\0\0\x8c\1m\x94\x8c\1n\x94\x93)}\x92\x8f(K\1K\2\x90(\x91"
               "\x86\x85"
               "C\1b\x8e\1\0\0\0\0\0\0\0c\x87"
               "B\1\0\0\0dU\1eT\1\0\0\0f\x8b\1\0\0\0\0010."),
    FUZZ_BYTES("ccollections\nOrderedDict\n(](](K\1K\2eetRcbuiltins\nset\n](K\1e\x85R\x86"
               "c_codecs\nencode\n(X\2\0\0\0\303\277U\6latin1tR\x86."),
    FUZZ_BYTES("](cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tU\1btR(K\1(K\2K\2t"
               "cnumpy\ndtype\n(U\2i2K\0K\1tR(K\3U\1>NNNJ\377\377\377\377J\377\377\377\377K\0tb"
               "K\1U\x8\0\1\0\2\0\3\0\4tbe."),
    FUZZ_BYTES("](cnumpy._core.numeric\n_frombuffer\n(C\2\1\2cnumpy\ndtype\n(U\2u1K\0K\1tR(K\3U\1|"
               "NNNJ\377\377\377\377J\377\377\377\377K\0tb(K\2tU\1CtRe."),
    FUZZ_END,
};

/* Steps left for a walk through values that may be shared or contain themselves. */
struct walk {
    struct pickle *pickle;
    size_t size;
    int steps;
};

static void visit(struct walk *w, const struct pickle_value *v, int depth);

static void visit_items(struct walk *w, const struct pickle_items *items, int depth)
{
    for (size_t i = 0; i < items->count; i++)
        visit(w, items->item[i], depth + 1);
}

static void visit(struct walk *w, const struct pickle_value *v, int depth)
{
    char text[32];
    int64_t i;
    double f;
    struct tensor t;
    if (!v || depth > 20 || w->steps-- <= 0)
        return;
    (void)pickle_int(v, &i);
    (void)pickle_float(w->pickle, v, &f);
    (void)pickle_is(v, "x");
    (void)pickle_get(v, "k");
    (void)pickle_class(v, text, sizeof text);
    if (pickle_array(w->pickle, v, "a", &t, NULL) == STATUS_OK)
        fuzz_tensor(&t, w->size);
    if (v->kind == PICKLE_LIST || v->kind == PICKLE_TUPLE || v->kind == PICKLE_SET ||
        v->kind == PICKLE_DICT)
        visit_items(w, &v->items, depth);
    if (v->kind == PICKLE_PERSID)
        visit(w, v->id, depth + 1);
    if (v->kind == PICKLE_OBJECT) {
        visit(w, v->object.callee, depth + 1);
        visit(w, v->object.args, depth + 1);
        visit(w, v->object.state, depth + 1);
        if (v->object.items)
            visit_items(w, v->object.items, depth);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pickle p;
    struct err err = {STATUS_OK, ""};
    if (pickle_parse(&p, data, size, "fuzz", &err) == STATUS_OK) {
        struct walk w = {&p, size, 2000};
        visit(&w, p.root, 0);
        if (p.used > size || p.arena.used > p.arena.limit)
            abort();
        pickle_free(&p);
    } else if (!err.msg[0]) {
        abort();
    }
    return 0;
}
