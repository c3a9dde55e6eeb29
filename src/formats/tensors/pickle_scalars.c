/*
 * Opcodes of a pickle that push numbers, texts and constants; those of protocol 0 are lines of
 * text, the others binary and, but for floats, little-endian.
 */
#include "config.h"

#include "formats/tensors/pickle_vm.h"

#include <stdlib.h>
#include <string.h>

/* Shared by all pickles and never changed: containers only are. */
static struct pickle_value none = {.kind = PICKLE_NONE};
static struct pickle_value booleans[2] = {{.kind = PICKLE_BOOL, .i = 0},
                                          {.kind = PICKLE_BOOL, .i = 1}};

static enum status vm_ends_here(struct vm *vm)
{
    return vm_fail(vm, "the file ends within a value");
}

static enum status vm_push_int(struct vm *vm, int64_t i)
{
    struct pickle_value *v = vm_value(vm, PICKLE_INT);
    if (v)
        v->i = i;
    return vm_push(vm, v);
}

static enum status vm_push_bigint(struct vm *vm, bool negative)
{
    struct pickle_value *v = vm_value(vm, PICKLE_BIGINT);
    if (v)
        v->i = negative ? -1 : 1;
    return vm_push(vm, v);
}

static enum status vm_push_text(struct vm *vm, enum pickle_kind kind, const char *data, size_t len)
{
    struct pickle_value *v = vm_value(vm, kind);
    if (v) {
        v->text.data = data;
        v->text.len = len;
    }
    return vm_push(vm, v);
}

/* NONE, NEWTRUE, NEWFALSE. */
enum status op_constant(struct vm *vm, int op)
{
    return vm_push(vm, op == 'N' ? &none : &booleans[op == 0x88]);
}

/* INT and LONG: decimal lines; "00" and "01" are the truth values of protocol 1. */
enum status op_int_text(struct vm *vm, int op)
{
    const char *s;
    size_t len, i = 0;
    int64_t n = 0;
    bool big = false;
    if (!vm_line(vm, &s, &len))
        return vm_ends_here(vm);
    if (op == 'I' && len == 2 && s[0] == '0' && (s[1] == '0' || s[1] == '1'))
        return vm_push(vm, &booleans[s[1] == '1']);
    if (op == 'L' && len && s[len - 1] == 'L')
        len--;
    bool negative = len && s[0] == '-';
    i = negative;
    if (i == len)
        return vm_fail(vm, "no whole number");
    for (; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return vm_fail(vm, "no whole number");
        int digit = s[i] - '0';
        big = big || __builtin_mul_overflow(n, 10, &n) ||
              __builtin_add_overflow(n, negative ? -digit : digit, &n);
    }
    return big ? vm_push_bigint(vm, negative) : vm_push_int(vm, n);
}

/* BININT (signed), BININT1, BININT2. */
enum status op_int(struct vm *vm, int op)
{
    uint64_t n;
    if (!vm_number(vm, op == 'K' ? 1 : op == 'M' ? 2 : 4, &n))
        return vm_ends_here(vm);
    return vm_push_int(vm, op == 'J' ? (int32_t)(uint32_t)n : (int64_t)n);
}

/* Two's complement, little-endian, as many bytes as it takes. */
enum status op_long(struct vm *vm, int op)
{
    uint64_t len, low = 0;
    if (!vm_number(vm, op == 0x8a ? 1 : 4, &len))
        return vm_ends_here(vm);
    const unsigned char *p = vm_bytes(vm, len);
    if (!p)
        return vm_ends_here(vm);
    bool negative = len && p[len - 1] >> 7;
    if (negative)
        low = UINT64_MAX;
    memcpy(&low, p, len < sizeof low ? len : sizeof low);
    bool big = len > sizeof low && (low >> 63) != negative;
    for (size_t i = sizeof low; i < len; i++)
        big = big || p[i] != (negative ? 0xff : 0);
    return big ? vm_push_bigint(vm, negative) : vm_push_int(vm, (int64_t)low);
}

static enum status vm_push_float(struct vm *vm, double f)
{
    struct pickle_value *v = vm_value(vm, PICKLE_FLOAT);
    if (v)
        v->f = f;
    return vm_push(vm, v);
}

/* FLOAT: a decimal line. */
enum status op_float_text(struct vm *vm, int op)
{
    const char *s;
    char text[64], *end;
    size_t len;
    (void)op;
    if (!vm_line(vm, &s, &len))
        return vm_ends_here(vm);
    if (len == 0 || len >= sizeof text)
        return vm_fail(vm, "no number");
    memcpy(text, s, len);
    text[len] = '\0';
    double f = strtod(text, &end);
    return end == text + len ? vm_push_float(vm, f) : vm_fail(vm, "no number");
}

/* Big-endian, unlike everything else. */
enum status op_float(struct vm *vm, int op)
{
    uint64_t bits;
    double f;
    (void)op;
    if (!vm_number(vm, 8, &bits))
        return vm_ends_here(vm);
    bits = __builtin_bswap64(bits);
    memcpy(&f, &bits, sizeof f);
    return vm_push_float(vm, f);
}

/* The value of N <= 8 hexadecimal digits at S, or -1. */
static int64_t text_hex(const char *s, const char *end, int n)
{
    int64_t value = 0;
    if (end - s < n)
        return -1;
    for (int i = 0; i < n; i++) {
        int c = s[i] | 0x20;
        if (s[i] >= '0' && s[i] <= '9')
            value = value * 16 + (s[i] - '0');
        else if (c >= 'a' && c <= 'f')
            value = value * 16 + (c - 'a' + 10);
        else
            return -1;
    }
    return value;
}

/* STRING: Python 2's repr of a byte string. */
enum status op_string_text(struct vm *vm, int op)
{
    static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
    const char *s, *letter;
    size_t len, n = 0;
    (void)op;
    if (!vm_line(vm, &s, &len))
        return vm_ends_here(vm);
    if (len < 2 || (s[0] != '\'' && s[0] != '"') || s[len - 1] != s[0])
        return vm_fail(vm, "no quoted string");
    const char *end = s + len - 1;
    char *out = arena_zeros(vm->arena, len, 1);
    if (!out)
        return vm_nomem(vm);
    for (s++; s < end; s++) {
        if (*s != '\\') {
            out[n++] = *s;
        } else if (s + 1 < end && s[1] == 'x' && text_hex(s + 2, end, 2) >= 0) {
            out[n++] = (char)text_hex(s + 2, end, 2);
            s += 3;
        } else if (s + 1 < end && s[1] && (letter = strchr(from, s[1]))) {
            out[n++] = to[letter - from];
            s++;
        } else {
            return vm_fail(vm, "unknown escape in a string");
        }
    }
    return vm_push_text(vm, PICKLE_STR, out, n);
}

/* Appends code point C to OUT as UTF-8 (lone surrogates too, as Python does). */
static size_t text_put_utf8(char *out, unsigned long c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

/* UNICODE: Latin-1 with \uXXXX and \UXXXXXXXX. */
enum status op_unicode_text(struct vm *vm, int op)
{
    const char *s;
    size_t len, n = 0;
    (void)op;
    if (!vm_line(vm, &s, &len))
        return vm_ends_here(vm);
    const char *end = s + len;
    char *out = arena_zeros(vm->arena, len, 2);
    if (!out)
        return vm_nomem(vm);
    while (s < end) {
        int digits = end - s < 2 || s[0] != '\\' ? 0 : s[1] == 'u' ? 4 : s[1] == 'U' ? 8 : 0;
        int64_t c = digits ? text_hex(s + 2, end, digits) : (unsigned char)*s;
        if (c < 0 || c > 0x10ffff)
            return vm_fail(vm, "no character after a backslash");
        n += text_put_utf8(out + n, (unsigned long)c);
        s += digits ? digits + 2 : 1;
    }
    return vm_push_text(vm, PICKLE_STR, out, n);
}

/* Strings and bytes with their length in front, borrowed where they stand. */
enum status op_text(struct vm *vm, int op)
{
    uint64_t len;
    unsigned width = op == 'U' || op == 'C' || op == 0x8c     ? 1
                     : op == 0x8d || op == 0x8e || op == 0x96 ? 8
                                                              : 4;
    enum pickle_kind kind =
        op == 'B' || op == 'C' || op == 0x8e || op == 0x96 ? PICKLE_BYTES : PICKLE_STR;
    if (!vm_number(vm, width, &len))
        return vm_ends_here(vm);
    const unsigned char *p = vm_bytes(vm, len);
    return p ? vm_push_text(vm, kind, (const char *)p, len) : vm_ends_here(vm);
}
