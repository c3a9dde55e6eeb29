#include "config.h"

#include "unit.h"

#include <math.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/buf.h"
#include "formats/file.h"
#include "formats/tensors/pickle.h"

/* A pickle as C string, which may hold NULs. */
#define PICKLE(text) text, sizeof(text) - 1

static struct pickle_value *root_of(struct pickle *p, const char *bytes, size_t size)
{
    struct err err;
    assert_ok(pickle_parse(p, bytes, size, "x.pkl", &err));
    assert_int_equal(p->used, size);
    return (struct pickle_value *)(uintptr_t)p->root;
}

/* An exact copy on the heap, so that a sanitizer sees every byte read behind the end. */
static enum status parse_exact(const char *bytes, size_t size, struct err *err)
{
    struct pickle p;
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    if (size)
        memcpy(copy, bytes, size);
    enum status code = pickle_parse(&p, copy, size, "x.pkl", err);
    if (code)
        assert_true(strncmp(err->msg, "x.pkl: ", 7) == 0);
    else
        pickle_free(&p);
    free(copy);
    return code;
}

static void whole_numbers_of_all_protocols_are_read(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum pickle_kind kind;
        int64_t value;
    } cases[] = {
        {PICKLE("I42\n."), PICKLE_INT, 42},
        {PICKLE("I-42\n."), PICKLE_INT, -42},
        {PICKLE("I01\n."), PICKLE_BOOL, 1},
        {PICKLE("I00\n."), PICKLE_BOOL, 0},
        {PICKLE("I-9223372036854775808\n."), PICKLE_INT, INT64_MIN},
        {PICKLE("I9223372036854775808\n."), PICKLE_BIGINT, 1},
        {PICKLE("L123456789012345678901234567890L\n."), PICKLE_BIGINT, 1},
        {PICKLE("L-123456789012345678901234567890L\n."), PICKLE_BIGINT, -1},
        {PICKLE("L7L\n."), PICKLE_INT, 7},
        {PICKLE("K\377."), PICKLE_INT, 255},
        {PICKLE("M\377\377."), PICKLE_INT, 65535},
        {PICKLE("J\377\377\377\377."), PICKLE_INT, -1},
        {PICKLE("\x80\2\x8a\0."), PICKLE_INT, 0},
        {PICKLE("\x80\2\x8a\1\377."), PICKLE_INT, -1},
        {PICKLE("\x80\2\x8a\2\377\0."), PICKLE_INT, 255},
        {PICKLE("\x80\2\x8a\x9\377\377\377\377\377\377\377\377\377."), PICKLE_INT, -1},
        {PICKLE("\x80\2\x8a\x9\377\377\377\377\377\377\377\377\0."), PICKLE_BIGINT, 1},
        {PICKLE("\x80\2\x8a\x9\0\0\0\0\0\0\0\0\377."), PICKLE_BIGINT, -1},
        {PICKLE("\x80\2\x8b\2\0\0\0\0\1."), PICKLE_INT, 256},
        {PICKLE("\x80\2\x88."), PICKLE_BOOL, 1},
        {PICKLE("\x80\2\x89."), PICKLE_BOOL, 0},
        {PICKLE("N."), PICKLE_NONE, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pickle p;
        const struct pickle_value *v = root_of(&p, cases[i].bytes, cases[i].size);
        assert_int_equal(v->kind, cases[i].kind);
        assert_true(v->i == cases[i].value);
        pickle_free(&p);
    }
}

static void floats_and_texts_of_all_protocols_are_read(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum pickle_kind kind;
        const char *text;
    } cases[] = {
        {PICKLE("S'a\\n\\x41\\'\\\\'\n."), PICKLE_STR, "a\nA'\\"},
        {PICKLE("S\"it's\"\n."), PICKLE_STR, "it's"},
        {PICKLE("V\\u00e9\\u20ac\\U0001f600\351z\n."), PICKLE_STR,
         "\303\251\342\202\254\360\237\230\200\303\251z"},
        {PICKLE("T\2\0\0\0ab."), PICKLE_STR, "ab"},
        {PICKLE("U\2ab."), PICKLE_STR, "ab"},
        {PICKLE("X\2\0\0\0ab."), PICKLE_STR, "ab"},
        {PICKLE("\x80\4\x8c\2ab."), PICKLE_STR, "ab"},
        {PICKLE("\x80\4\x8d\2\0\0\0\0\0\0\0ab."), PICKLE_STR, "ab"},
        {PICKLE("B\2\0\0\0ab."), PICKLE_BYTES, "ab"},
        {PICKLE("C\2ab."), PICKLE_BYTES, "ab"},
        {PICKLE("\x80\4\x8e\2\0\0\0\0\0\0\0ab."), PICKLE_BYTES, "ab"},
        {PICKLE("\x80\5\x96\2\0\0\0\0\0\0\0ab."), PICKLE_BYTES, "ab"},
        {PICKLE("cmodule.sub\nname\n."), PICKLE_CLASS, "module.sub.name"},
        {PICKLE("\x80\4\x8c\1m\x8c\1n\x93."), PICKLE_CLASS, "m.n"},
    };
    struct pickle p;
    double f;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct pickle_value *v = root_of(&p, cases[i].bytes, cases[i].size);
        assert_int_equal(v->kind, cases[i].kind);
        assert_true(pickle_is(v, cases[i].text));
        pickle_free(&p);
    }
    assert_true(pickle_float(&p, root_of(&p, PICKLE("F-2.5\n.")), &f) && f == -2.5);
    pickle_free(&p);
    assert_true(pickle_float(&p, root_of(&p, PICKLE("G\300\4\0\0\0\0\0\0.")), &f) && f == -2.5);
    pickle_free(&p);
    assert_true(pickle_float(&p, root_of(&p, PICKLE("Fnan\n.")), &f) && isnan(f));
    pickle_free(&p);
}

static void containers_and_memo_are_rebuilt(void **state)
{
    struct pickle p;
    int64_t i;
    (void)state;
    /* {"k": [1, (2, 3), <the same tuple>], "k": 5}: the later value counts. */
    const struct pickle_value *v =
        root_of(&p, PICKLE("}(U\1k](K\1K\2K\3\x86q\5h\5eU\1lh\5U\1mK\5u."));
    assert_int_equal(v->kind, PICKLE_DICT);
    const struct pickle_value *list = pickle_get(v, "k");
    assert_int_equal(list->items.count, 3);
    assert_ptr_equal(pickle_item(list, 1), pickle_item(list, 2));
    assert_ptr_equal(pickle_item(list, 1), pickle_get(v, "l"));
    assert_true(pickle_int(pickle_item(pickle_item(list, 1), 1), &i) && i == 3);
    assert_null(pickle_get(v, "none"));
    assert_null(pickle_get(list, "k"));
    assert_null(pickle_item(list, 3));
    assert_null(pickle_get(NULL, "k"));
    pickle_free(&p);

    v = root_of(&p, PICKLE("}U\1kK\1sU\1kK\2s."));
    assert_true(pickle_int(pickle_get(v, "k"), &i) && i == 2);
    pickle_free(&p);

    v = root_of(&p, PICKLE("\x80\4(K\1K\2\x91\x94\x8f(K\1\x90\x86."));
    assert_int_equal(pickle_item(v, 0)->kind, PICKLE_SET);
    assert_int_equal(pickle_item(v, 1)->items.count, 1);
    pickle_free(&p);

    v = root_of(&p, PICKLE("(lp0\nI1\na(dp1\nS'x'\nI2\nsa."));
    assert_true(pickle_int(pickle_get(pickle_item(v, 1), "x"), &i) && i == 2);
    pickle_free(&p);

    v = root_of(&p, PICKLE("((K\1K\2t0(K\1K\2"
                           "1(K\3K\4\x85l."));
    assert_int_equal(v->items.count, 2);
    pickle_free(&p);
}

static void values_may_contain_themselves(void **state)
{
    struct pickle p;
    double f;
    (void)state;
    const struct pickle_value *v = root_of(&p, PICKLE("]q\0h\0a."));
    assert_ptr_equal(pickle_item(v, 0), v);
    pickle_free(&p);
    v = root_of(&p, PICKLE("}q\0U\1xh\0s."));
    assert_ptr_equal(pickle_get(v, "x"), v);
    pickle_free(&p);
    /* An array whose shape, type and data are the array itself. */
    v = root_of(&p, PICKLE("cnumpy.core.multiarray\n_reconstruct\n)Rq\1(h\1h\1h\1h\1h\1tb."));
    assert_false(pickle_float(&p, v, &f));
    pickle_free(&p);
}

static void calls_are_remembered_and_not_made(void **state)
{
    static const char mark[] = "propneu-pickle-was-run";
    struct pickle p;
    struct stat st;
    (void)state;
    remove(mark);
    /* REDUCE, INST, OBJ and NEWOBJ of os.system, with an argument that would leave a trace. */
    const struct pickle_value *v =
        root_of(&p, PICKLE("](cposix\nsystem\nq\1(S'touch propneu-pickle-was-run'\ntq\2R"
                           "(S'touch propneu-pickle-was-run'\niposix\nsystem\n"
                           "(h\1S'touch propneu-pickle-was-run'\noh\1h\2\x81"
                           "cbuiltins\neval\n(S'1'\ntRe."));
    assert_int_equal(v->items.count, 5);
    for (size_t i = 0; i < 4; i++) {
        assert_true(pickle_calls(pickle_item(v, i), "posix.system"));
        assert_true(pickle_is(pickle_item(pickle_item(v, i)->object.args, 0),
                              "touch propneu-pickle-was-run"));
    }
    assert_true(pickle_calls(pickle_item(v, 4), "builtins.eval"));
    assert_true(stat(mark, &st) != 0);
    pickle_free(&p);
}

static void known_constructors_give_their_values(void **state)
{
    struct pickle p;
    int64_t i;
    (void)state;
    const struct pickle_value *v =
        root_of(&p, PICKLE("ccollections\nOrderedDict\n)Rq\0(U\1aK\1U\1bK\2u}b."));
    assert_int_equal(v->kind, PICKLE_DICT);
    assert_true(pickle_int(pickle_get(v, "b"), &i) && i == 2);
    pickle_free(&p);
    v = root_of(&p, PICKLE("ccollections\nOrderedDict\n(](](U\1aK\1e](U\1bK\2eetR."));
    assert_true(pickle_int(pickle_get(v, "b"), &i) && i == 2);
    pickle_free(&p);
    v = root_of(&p, PICKLE("ccollections\ndefaultdict\nc__builtin__\nlist\n\x85RU\1aK\1s."));
    assert_true(pickle_int(pickle_get(v, "a"), &i) && i == 1);
    pickle_free(&p);
    v = root_of(&p, PICKLE("cbuiltins\nset\n](K\1K\2e\x85R."));
    assert_int_equal(v->kind, PICKLE_SET);
    assert_int_equal(v->items.count, 2);
    pickle_free(&p);
    v = root_of(&p, PICKLE("c_codecs\nencode\n(X\4\0\0\0a\303\277\0U\6latin1tR."));
    assert_int_equal(v->kind, PICKLE_BYTES);
    assert_int_equal(v->text.len, 3);
    assert_memory_equal(v->text.data, "a\377\0", 3);
    pickle_free(&p);
    v = root_of(&p, PICKLE("c__builtin__\nbytearray\n(X\2\0\0\0\303\277U\7latin-1tR."));
    assert_int_equal(v->kind, PICKLE_BYTES);
    assert_memory_equal(v->text.data, "\377", 1);
    pickle_free(&p);
    /* A list and the set made of it grow apart. */
    v = root_of(&p, PICKLE("]q\0K\1aK\2aK\3acbuiltins\nset\nh\0\x85R(K\5\x90h\0K\4a\x87."));
    assert_true(pickle_int(pickle_item(v, 0)->items.item[3], &i) && i == 4);
    assert_true(pickle_int(pickle_item(v, 1)->items.item[3], &i) && i == 5);
    pickle_free(&p);
}

static void objects_keep_their_class_state_and_items(void **state)
{
    struct pickle p;
    char class[64];
    int64_t i;
    (void)state;
    const struct pickle_value *v = root_of(&p, PICKLE("cargparse\nNamespace\n)\x81}U\1xK\7sb."));
    assert_true(pickle_class(v, class, sizeof class));
    assert_string_equal(class, "argparse.Namespace");
    assert_true(pickle_calls(v, "argparse.Namespace"));
    assert_true(pickle_int(pickle_get(v->object.state, "x"), &i) && i == 7);
    assert_true(pickle_class(v, class, 5));
    assert_string_equal(class, "argp");
    pickle_free(&p);
    /* Protocol 0 writes the same through copy_reg. */
    v = root_of(&p, PICKLE("ccopy_reg\n_reconstructor\n(cargparse\nNamespace\n"
                           "c__builtin__\nobject\nNtR(dS'x'\nI7\nsb."));
    assert_true(pickle_calls(v, "argparse.Namespace"));
    assert_true(pickle_int(pickle_get(v->object.state, "x"), &i) && i == 7);
    pickle_free(&p);
    v = root_of(&p, PICKLE("(imod\nOld\n(dS'x'\nI7\nsb."));
    assert_true(pickle_calls(v, "mod.Old"));
    pickle_free(&p);
    v = root_of(&p, PICKLE("(cmod\nOld\nK\1oK\2a."));
    assert_true(pickle_calls(v, "mod.Old"));
    assert_int_equal(v->object.args->items.count, 1);
    assert_int_equal(v->object.items->count, 1);
    pickle_free(&p);
    v = root_of(&p, PICKLE("\x80\4\x8c\1m\x8c\1n\x93)}\x92U\1kK\1s."));
    assert_true(pickle_calls(v, "m.n") && v->object.pairs);
    pickle_free(&p);
    v = root_of(&p, PICKLE("](K\5QPtext\ne."));
    assert_int_equal(pickle_item(v, 0)->kind, PICKLE_PERSID);
    assert_true(pickle_int(pickle_item(v, 0)->id, &i) && i == 5);
    assert_true(pickle_is(pickle_item(v, 1)->id, "text"));
    assert_int_equal(p.persids.count, 2);
    pickle_free(&p);
}

static void broken_pickles_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum status code;
    } cases[] = {
        {PICKLE(""), STATUS_FORMAT},
        {PICKLE("."), STATUS_FORMAT},
        {PICKLE("N"), STATUS_FORMAT},
        {PICKLE("\x80"), STATUS_FORMAT},
        {PICKLE("\x80\6N."), STATUS_UNSUPPORTED},
        {PICKLE("\377N."), STATUS_FORMAT},
        {PICKLE("0."), STATUS_FORMAT},
        {PICKLE("1."), STATUS_FORMAT},
        {PICKLE("2."), STATUS_FORMAT},
        {PICKLE("(."), STATUS_FORMAT},
        {PICKLE("N(."), STATUS_FORMAT},
        {PICKLE("t."), STATUS_FORMAT},
        {PICKLE("NN\x87."), STATUS_FORMAT},
        {PICKLE("N(\x85."), STATUS_FORMAT},
        {PICKLE("NNa."), STATUS_FORMAT},
        {PICKLE("]a."), STATUS_FORMAT},
        {PICKLE("](e"), STATUS_FORMAT},
        {PICKLE(")K\1a."), STATUS_FORMAT},
        {PICKLE("}K\1s."), STATUS_FORMAT},
        {PICKLE("}(K\1u."), STATUS_FORMAT},
        {PICKLE("](K\1K\2u."), STATUS_FORMAT},
        {PICKLE("(K\1d."), STATUS_FORMAT},
        {PICKLE("h\0."), STATUS_FORMAT},
        {PICKLE("q\0."), STATUS_FORMAT},
        {PICKLE("Nr\377\377\377\377."), STATUS_FORMAT},
        {PICKLE("Np99999999999\n."), STATUS_FORMAT},
        {PICKLE("Np-1\n."), STATUS_FORMAT},
        {PICKLE("Np\n."), STATUS_FORMAT},
        {PICKLE("Nq\5h\4."), STATUS_FORMAT},
        {PICKLE("I\n."), STATUS_FORMAT},
        {PICKLE("I-\n."), STATUS_FORMAT},
        {PICKLE("I1x\n."), STATUS_FORMAT},
        {PICKLE("F\n."), STATUS_FORMAT},
        {PICKLE("F1,5\n."), STATUS_FORMAT},
        {PICKLE("S'\n."), STATUS_FORMAT},
        {PICKLE("S'a\"\n."), STATUS_FORMAT},
        {PICKLE("S'\\q'\n."), STATUS_FORMAT},
        {PICKLE("S'\\x4'\n."), STATUS_FORMAT},
        {PICKLE("S'\\'\n."), STATUS_FORMAT},
        {PICKLE("V\\u12\n."), STATUS_FORMAT},
        {PICKLE("V\\Uffffffff\n."), STATUS_FORMAT},
        {PICKLE("X\377\377\377\377a."), STATUS_FORMAT},
        {PICKLE("\x8d\377\377\377\377\377\377\377\377a."), STATUS_FORMAT},
        {PICKLE("\x8a\5a."), STATUS_FORMAT},
        {PICKLE("\x8b\377\377\377\377a."), STATUS_FORMAT},
        {PICKLE("\x95\377\377\377\377\377\377\377\377N."), STATUS_FORMAT},
        {PICKLE("cx\n."), STATUS_FORMAT},
        {PICKLE("K\1K\2\x93."), STATUS_FORMAT},
        {PICKLE("cx\ny\nNR."), STATUS_FORMAT},
        {PICKLE("cx\ny\nR."), STATUS_FORMAT},
        {PICKLE("cx\ny\n)RK\1aK\1K\2s."), STATUS_FORMAT},
        {PICKLE("b."), STATUS_FORMAT},
        {PICKLE("(o."), STATUS_FORMAT},
        {PICKLE("ix\ny\n."), STATUS_FORMAT},
        {PICKLE("Q."), STATUS_FORMAT},
        {PICKLE("c_codecs\nencode\n(X\3\0\0\0\342\202\254U\6latin1tR."), STATUS_FORMAT},
        {PICKLE("\x82\1."), STATUS_UNSUPPORTED},
        {PICKLE("\x83\1\0."), STATUS_UNSUPPORTED},
        {PICKLE("\x84\1\0\0\0."), STATUS_UNSUPPORTED},
        {PICKLE("\x97."), STATUS_UNSUPPORTED},
        {PICKLE("N\x98."), STATUS_UNSUPPORTED},
    };
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum status code = parse_exact(cases[i].bytes, cases[i].size, &err);
        if (code != cases[i].code)
            fail_msg("case %zu: status %d: %s", i, code, code ? err.msg : "");
    }
}

/* HEAD, then BODY N times, then TAIL. */
static struct buf repeated(const char *head, const char *body, size_t n, const char *tail)
{
    struct buf b = BUF_INIT;
    buf_str(&b, head);
    for (size_t i = 0; i < n; i++)
        buf_str(&b, body);
    buf_str(&b, tail);
    assert_true(buf_ok(&b));
    return b;
}

static void deep_and_wide_pickles_take_bounded_memory(void **state)
{
    static const struct {
        const char *head, *body, *tail;
        size_t n;
    } cases[] = {
        {"", "]", ".", 100000},                 /* many empty lists */
        {"]", "\x85", ".", 1000000},            /* a tuple in a tuple in ... */
        {"", "(", "N.", 1000000},               /* marks */
        {"", "(", "", 5000000},                 /* more marks than are kept */
        {"N", "2", ".", 5000000},               /* more values than the stack takes */
        {"]", "]\x85", ".", 1000000},           /* two values a step */
        {"]q\1", "h\1h\1\x86q\1", ".", 100000}, /* 2^100000 values as a tree */
        {"](", "N", "e.", 1000000},             /* a long list */
        {"]", "Na", ".", 1000000},              /* the same, value by value */
        {"cx\ny\n)R", "Na", ".", 1000000},      /* on an object */
        {"U\1aq\1", "h\1h\1\x93", ".", 300000}, /* class names from the memo */
        {"", "cx\ny\n)R", ".", 200000},         /* calls */
        {"", "(ix\ny\n", ".", 200000},          /* the same, in the old form */
        {"", "(K\1K\2d", ".", 300000},          /* dictionaries */
    };
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = repeated(cases[i].head, cases[i].body, cases[i].n, cases[i].tail);
        struct pickle p;
        enum status code = pickle_parse(&p, b.data, b.len, "x.pkl", &err);
        if (code && code != STATUS_UNSUPPORTED && code != STATUS_FORMAT)
            fail_msg("case %zu: status %d", i, code);
        if (!code) {
            assert_true(p.arena.used <= (size_t)100 << 20);
            pickle_free(&p);
        }
        buf_free(&b);
    }
}

static void copies_of_shared_parts_are_bounded_by_the_file(void **state)
{
    struct buf b = BUF_INIT;
    struct err err;
    struct pickle p;
    (void)state;
    /* Some 20 KB; each of the 5000 calls would copy a dictionary of 1000 pairs. */
    buf_str(&b, "ccollections\nOrderedDict\nq\1](");
    for (int i = 0; i < 1000; i++)
        buf_str(&b, "](NNe");
    buf_str(&b, "e\x85q\2");
    for (int i = 0; i < 5000; i++)
        buf_str(&b, "h\1h\2R");
    buf_str(&b, ".");
    assert_status(pickle_parse(&p, b.data, b.len, "x.pkl", &err), STATUS_UNSUPPORTED);
    buf_free(&b);
    /* A text is decoded once, however often that is asked for. */
    buf_str(&b, "c_codecs\nencode\nq\1U\6latin1q\2T\x10\x27");
    buf_add(&b, "\0\0", 2);
    for (int i = 0; i < 10000; i++)
        buf_str(&b, "x");
    buf_str(&b, "q\3");
    for (int i = 0; i < 5000; i++)
        buf_str(&b, "h\1h\3h\2\x86R");
    buf_str(&b, ".");
    assert_ok(pickle_parse(&p, b.data, b.len, "x.pkl", &err));
    assert_true(pickle_is(p.root, "") == false && p.root->text.len == 10000);
    assert_true(p.arena.used < 100 * b.len);
    pickle_free(&p);
    buf_free(&b);
}

static void published_pickles_hold_their_arrays(void **state)
{
    static const struct {
        const char *path;
        size_t rows;
        uint32_t crc; /* of the first layer's bytes */
    } files[] = {{"analysis_d256/phone-type/prob.pkl", 41, 0x7f61060e},
                 {"analysis_d256/gender/prob.pkl", 82, 0x8fb5af32},
                 {"analysis_d256/pitch/prob.pkl", 123, 0x85b099f2}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct mapped file;
        struct pickle p;
        struct tensor t;
        struct err err;
        assert_ok(mapped_open(&file, data_path(files[i].path), &err));
        assert_ok(pickle_parse(&p, file.data, file.size, files[i].path, &err));
        assert_int_equal(p.used, file.size);
        assert_int_equal(p.root->kind, PICKLE_LIST);
        assert_true(p.root->items.count >= 4);
        for (size_t layer = 0; layer < p.root->items.count; layer++) {
            assert_ok(pickle_array(&p, pickle_item(p.root, layer), "layer", &t, &err));
            assert_int_equal(t.dtype, DTYPE_F32);
            assert_int_equal(t.ndim, 2);
            assert_int_equal(t.shape[0], files[i].rows);
            assert_int_equal(t.shape[1], 256);
            assert_true(tensor_contiguous(&t));
            if (layer == 0)
                assert_int_equal(crc32(0, t.data, (uInt)(t.count * 4)), files[i].crc);
        }
        pickle_free(&p);
        mapped_close(&file);
    }
}

#define RECONSTRUCT "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tU\1btR"
#define DTYPE(code, order)                                                                         \
    "cnumpy\ndtype\n(U\2" code "K\0K\1tR(K\3U\1" order "NNNJ\377\377\377\377J\377\377\377\377K\0t" \
    "b"

static void arrays_of_other_forms_are_read(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {
        /* Python 2's byte string */
        {PICKLE(RECONSTRUCT "(K\1(K\2K\2t" DTYPE("i2", "<") "K\0U\x8\1\0\2\0\3\0\4\0tb.")},
        /* big-endian */
        {PICKLE(RECONSTRUCT "(K\1(K\2K\2t" DTYPE("i2", ">") "K\0U\x8\0\1\0\2\0\3\0\4tb.")},
        /* Fortran order */
        {PICKLE(RECONSTRUCT "(K\1(K\2K\2t" DTYPE("i2", "<") "K\1U\x8\1\0\3\0\2\0\4\0tb.")},
        /* protocol 2 of Python 3 */
        {PICKLE(RECONSTRUCT "(K\1(K\2K\2t" DTYPE("u1", "|") "K\0c_codecs\nencode\n("
                                                            "X\4\0\0\0\1\2\3\4U\6latin1tRtb.")},
        /* protocol 5, with NumPy 2's names */
        {PICKLE("\x80\5\x8c\x13numpy._core.numeric\x8c\x0b_frombuffer\x93(\x96\x8\0\0\0\0\0\0\0"
                "\1\0\2\0\3\0\4\0" DTYPE("i2", "<") "(K\2K\2tU\1CtR.")},
    };
    static const int64_t want[4] = {1, 2, 3, 4};
    struct pickle p;
    struct tensor t;
    struct err err;
    int64_t out[4];
    double f;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct pickle_value *v = root_of(&p, cases[i].bytes, cases[i].size);
        assert_ok(pickle_array(&p, v, "a", &t, &err));
        assert_int_equal(t.count, 4);
        assert_ok(tensor_to_i64(&t, out, &err));
        assert_memory_equal(out, want, sizeof want);
        pickle_free(&p);
    }
    const struct pickle_value *v = root_of(
        &p, PICKLE("cnumpy.core.multiarray\nscalar\n(" DTYPE("f8", "<") "U\x8"
                                                                        "\0\0\0\0\0\0\n@tR."));
    assert_true(pickle_float(&p, v, &f) && f == 3.25);
    pickle_free(&p);
}

static void broken_arrays_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum status code;
    } cases[] = {
        {PICKLE("N."), STATUS_NOTFOUND},
        {PICKLE("cx\ny\n)R."), STATUS_NOTFOUND},
        {PICKLE(RECONSTRUCT "."), STATUS_FORMAT},
        {PICKLE(RECONSTRUCT "Nb."), STATUS_FORMAT},
        {PICKLE(RECONSTRUCT "(K\1K\2K\3K\4tb."), STATUS_FORMAT},
        {PICKLE(RECONSTRUCT "(K\1(K\3t" DTYPE("i2", "<") "K\0U\x8\1\0\2\0\3\0\4\0tb."),
         STATUS_FORMAT},
        {PICKLE(RECONSTRUCT "(K\1(K\5t" DTYPE("i2", "<") "K\0U\x8\1\0\2\0\3\0\4\0tb."),
         STATUS_FORMAT},
        {PICKLE(RECONSTRUCT "(K\1(J\377\377\377\377t" DTYPE("i2", "<") "K\0U\0tb."), STATUS_FORMAT},
        {PICKLE(RECONSTRUCT "(K\1(\x8a\x8\0\0\0\0\0\0\0\1\x8a\x8\0\0\0\0\0\0\0\1t" DTYPE(
             "i2", "<") "K\0U\0tb."),
         STATUS_FORMAT},
        {PICKLE(RECONSTRUCT "(K\1(K\1K\1K\1K\1K\1K\1K\1K\1K\1t" DTYPE("i2", "<") "K\0U\2aatb."),
         STATUS_FORMAT},
        {PICKLE(RECONSTRUCT "(K\1(K\1t" DTYPE("O8", "|") "K\0](Netb."), STATUS_UNSUPPORTED},
        {PICKLE(RECONSTRUCT "(K\1(K\1t" DTYPE("i2", "<") "K\0](Netb."), STATUS_UNSUPPORTED},
        {PICKLE("cnumpy.core.numeric\n_frombuffer\n)R."), STATUS_FORMAT},
        {PICKLE("cnumpy.core.multiarray\nscalar\n)R."), STATUS_FORMAT},
    };
    struct pickle p;
    struct tensor t;
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct pickle_value *v = root_of(&p, cases[i].bytes, cases[i].size);
        enum status code = pickle_array(&p, v, "a", &t, &err);
        if (code != cases[i].code)
            fail_msg("case %zu: status %d: %s", i, code, code ? err.msg : "");
        pickle_free(&p);
    }
}

static void truncated_pickles_are_refused(void **state)
{
    struct mapped file;
    struct err err;
    (void)state;
    assert_ok(mapped_open(&file, data_path("analysis_d256/gender/prob.pkl"), &err));
    for (size_t size = 0; size < file.size; size += size < 2048 ? 1 : 4096)
        assert_status(parse_exact((const char *)file.data, size, &err), STATUS_FORMAT);
    assert_status(parse_exact((const char *)file.data, file.size - 1, &err), STATUS_FORMAT);
    mapped_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_of_all_protocols_are_read),
        cmocka_unit_test(floats_and_texts_of_all_protocols_are_read),
        cmocka_unit_test(containers_and_memo_are_rebuilt),
        cmocka_unit_test(values_may_contain_themselves),
        cmocka_unit_test(calls_are_remembered_and_not_made),
        cmocka_unit_test(known_constructors_give_their_values),
        cmocka_unit_test(objects_keep_their_class_state_and_items),
        cmocka_unit_test(broken_pickles_are_refused),
        cmocka_unit_test(deep_and_wide_pickles_take_bounded_memory),
        cmocka_unit_test(copies_of_shared_parts_are_bounded_by_the_file),
        cmocka_unit_test(published_pickles_hold_their_arrays),
        cmocka_unit_test(arrays_of_other_forms_are_read),
        cmocka_unit_test(broken_arrays_are_refused),
        cmocka_unit_test(truncated_pickles_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
