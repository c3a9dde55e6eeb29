/*
 * The parser of set expressions: recursive descent over the grammar in setexpr.h, with the column
 * of every fault. Names are checked against the count file here; groups that are known only under
 * the filters of a session are checked on evaluation.
 */
#include "config.h"

#include "analysis/setexpr.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/list.h"
#include "base/mem.h"
#include "formats/setfile.h"
#include "corpus/phones.h"
#include "analysis/setwords.h"

struct parser {
    const char *text;
    size_t at;      /* byte of the text that is looked at next */
    unsigned depth; /* of open parentheses */
    const struct analysis *a;
    struct setexpr e; /* nodes so far */
    size_t cap;       /* of e.node */
    size_t column;    /* of the fault */
    struct err *err;
};

static enum status parse_expr(struct parser *p, uint32_t *out);

/* A fault at byte AT: "set 'TEXT' column 3: ...". */
static enum status setparse_fault(struct parser *p, size_t at, enum status code, const char *fmt,
                                  ...) __attribute__((format(printf, 4, 5)));

static enum status setparse_fault(struct parser *p, size_t at, enum status code, const char *fmt,
                                  ...)
{
    char why[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    p->column = at + 1;
    return err_set(p->err, code, "set '%.60s' column %zu: %s", p->text, at + 1, why);
}

static char next_char(struct parser *p)
{
    while (p->text[p->at] == ' ' || p->text[p->at] == '\t')
        p->at++;
    return p->text[p->at];
}

static enum status add_node(struct parser *p, struct setexpr_node *node, uint32_t *out)
{
    if (p->e.nodes >= SETEXPR_MAX_NODES)
        return setparse_fault(p, node->column - 1, STATUS_UNSUPPORTED,
                              "more than %d names and operators", SETEXPR_MAX_NODES);
    if (!mem_grow(&p->e.node, &p->cap, p->e.nodes + 1, sizeof *node))
        return err_nomem(p->err);
    *out = p->e.nodes;
    p->e.node[p->e.nodes++] = *node;
    *node = (struct setexpr_node){0};
    return STATUS_OK;
}

static void node_free(struct setexpr_node *n)
{
    free(n->name);
    free(n->group);
    query_filters_free(&n->where);
    neuron_set_free(&n->neurons);
}

/* A word, or one in double quotes, into *OUT; KNOWN decides about "-" within it. */
static enum status take_word(struct parser *p, const char *expected, setword_known known,
                             const void *context, char **out)
{
    size_t start = p->at, len;
    if (next_char(p) == '"') {
        len = strcspn(p->text + p->at + 1, "\"");
        if (!p->text[p->at + 1 + len])
            return setparse_fault(p, p->at, STATUS_USAGE, "missing closing quotation mark");
        *out = mem_strndup(p->text + p->at + 1, len);
        p->at += len + 2;
        return *out ? STATUS_OK : err_nomem(p->err);
    }
    start = p->at;
    len = setword_length(p->text + start, known, context);
    if (len == 0)
        return setparse_fault(p, start, STATUS_USAGE, "%s expected", expected);
    *out = mem_strndup(p->text + start, len);
    p->at += len;
    return *out ? STATUS_OK : err_nomem(p->err);
}

/* "@LAYER" or "@*" behind a name, if there. */
static enum status take_layer(struct parser *p, uint32_t *layer)
{
    size_t at = p->at;
    unsigned long n = 0;
    if (p->text[at] != '@')
        return STATUS_OK;
    if (p->text[at + 1] == '*') {
        *layer = SETEXPR_EVERY;
        p->at = at + 2;
        return STATUS_OK;
    }
    size_t digits = strspn(p->text + at + 1, "0123456789");
    for (size_t i = 0; i < digits && n < 1000000; i++)
        n = n * 10 + (unsigned long)(p->text[at + 1 + i] - '0');
    if (digits == 0)
        return setparse_fault(p, at + 1, STATUS_USAGE, "a layer number or * expected after '@'");
    if (n < 1 || n > p->a->counts->layers)
        return setparse_fault(p, at + 1, STATUS_NOTFOUND, "no layer %lu (there are: 1 to %u)", n,
                              p->a->counts->layers);
    *layer = (uint32_t)n - 1;
    p->at = at + 1 + digits;
    return STATUS_OK;
}

/* ":SELECTOR" behind a property or a group, if there. */
static enum status take_selector(struct parser *p, struct setexpr_node *node)
{
    size_t at = p->at + 1;
    char *name = NULL;
    if (p->text[p->at] != ':')
        return STATUS_OK;
    if (node->kind != SETEXPR_PROPERTY && node->kind != SETEXPR_GROUP)
        return setparse_fault(p, p->at, STATUS_USAGE,
                              "':SELECTOR' goes with a property or a group");
    p->at++;
    enum status code = take_word(p, "a selector", setword_is_selector, NULL, &name);
    if (!code && !(node->selector = selector_find(name)))
        code = setparse_fault(p, at, STATUS_NOTFOUND, "no selector '%.40s' (there are:%s)", name,
                              SELECTORS(SELECTOR_LISTED));
    if (!code && p->text[p->at] == '@')
        code = setparse_fault(p, p->at, STATUS_USAGE, "the layer stands before ':%s'", name);
    free(name);
    return code;
}

/* "@FILE" or @"FILE": to the next blank, bracket or operator but "-". */
static enum status take_file(struct parser *p, struct setexpr_node *node)
{
    const char *path = p->text + ++p->at;
    size_t len = strcspn(path, " \t&|()"), skip = len;
    node->kind = SETEXPR_FILE;
    if (*path == '"') {
        len = strcspn(++path, "\"");
        if (!path[len])
            return setparse_fault(p, p->at, STATUS_USAGE, "missing closing quotation mark");
        skip = len + 2;
    } else { /* "@FILE@2" is FILE in layer 2, "@FILE@*" in every layer */
        size_t digits = 0;
        while (digits < len && path[len - 1 - digits] >= '0' && path[len - 1 - digits] <= '9')
            digits++;
        if (digits == 0 && len > 0 && path[len - 1] == '*')
            digits = 1;
        if (digits > 0 && digits + 1 < len && path[len - 1 - digits] == '@')
            skip = len -= digits + 1;
    }
    if (len == 0)
        return setparse_fault(p, p->at, STATUS_USAGE, "a file name expected after '@'");
    p->at += skip;
    node->name = mem_strndup(path, len);
    return node->name ? STATUS_OK : err_nomem(p->err);
}

/* "{1:3,7-9;4:0}". */
static enum status take_list(struct parser *p, struct setexpr_node *node)
{
    const struct counts *c = p->a->counts;
    const char *end;
    struct err why;
    uint32_t *width = counts_widths(c, p->err);
    node->kind = SETEXPR_LIST;
    if (!width)
        return p->err->code;
    enum status code = settext_parse(&node->neurons, p->text + p->at, &end, c->layers, width, &why);
    p->at = (size_t)(end - p->text);
    free(width);
    return code ? setparse_fault(p, p->at, code, "%s", why.msg) : STATUS_OK;
}

/* "$NAME". */
static enum status take_named(struct parser *p, struct setexpr_node *node)
{
    size_t at = ++p->at;
    node->kind = SETEXPR_NAMED;
    enum status code = take_word(p, "the name of a set", NULL, NULL, &node->name);
    if (code || named_sets_find(p->a->sets, node->name))
        return code;
    return setparse_fault(p, at, STATUS_NOTFOUND, "no set named '$%.40s'", node->name);
}

/* FACTOR=LEVEL of a pattern. */
static enum status take_condition(struct parser *p, struct setexpr_node *node)
{
    const struct counts *c = p->a->counts;
    char *factor = NULL, *level = NULL, text[300];
    struct err why;
    next_char(p);
    size_t at = p->at;
    enum status code = take_word(p, "a factor", setword_is_factor, c, &factor);
    if (!code && next_char(p) != '=')
        code =
            setparse_fault(p, p->at, STATUS_USAGE, "'=' expected after the factor '%.60s'", factor);
    if (!code) {
        p->at++;
        int f = counts_find_factor(c, factor);
        struct setword_levels levels = {c, f < 0 ? 0 : (uint32_t)f};
        code = take_word(p, "a level", f < 0 ? NULL : setword_is_level, &levels, &level);
    }
    if (!code) {
        snprintf(text, sizeof text, "%s=%s", factor, level);
        if (query_filters_add(&node->where, c, text, &why))
            code = setparse_fault(p, at, why.code, "%s", why.msg);
    }
    free(factor);
    free(level);
    return code;
}

/* "[PHONE,FACTOR=LEVEL,...]" or "[FACTOR=LEVEL,...]": all phones under conditions. */
static enum status take_pattern(struct parser *p, struct setexpr_node *node)
{
    const struct counts *c = p->a->counts;
    enum status code = STATUS_OK;
    bool first = true;
    node->kind = SETEXPR_PATTERN;
    p->at++;
    for (;; first = false) {
        next_char(p);
        size_t at = p->at, len = strcspn(p->text + at, ",]");
        if (memchr(p->text + at, '=', len) || !first) {
            code = take_condition(p, node);
        } else {
            struct setword_levels phones = {c, 0};
            int f = counts_find_factor(c, "phone");
            phones.factor = f < 0 ? 0 : (uint32_t)f;
            code = take_word(p, "a phone", f < 0 ? NULL : setword_is_level, &phones, &node->name);
            if (!code && analysis_find_phone(p->a, node->name, p->err) < 0)
                code = setparse_fault(p, at, STATUS_NOTFOUND, "%s", p->err->msg);
        }
        if (code)
            return code;
        char c1 = next_char(p);
        if (c1 != ',' && c1 != ']')
            return setparse_fault(p, p->at, STATUS_USAGE, "',' or ']' expected");
        p->at++;
        if (c1 == ']')
            return STATUS_OK;
    }
}

/* PROPERTY or PROPERTY=GROUP. */
static enum status take_property(struct parser *p, struct setexpr_node *node)
{
    const struct analysis *a = p->a;
    char list[300];
    size_t at = p->at;
    node->kind = SETEXPR_PROPERTY;
    enum status code = take_word(p, "a set (a property, [PHONE], @FILE or '(')",
                                 setword_is_property, a, &node->name);
    if (code)
        return code;
    if (!analysis_has(a, node->name, strlen(node->name))) {
        list_names(list, sizeof list, a->names.name, a->names.count);
        return setparse_fault(p, at, STATUS_NOTFOUND, "no property '%.60s' (there are: %s)",
                              node->name, list);
    }
    if (next_char(p) != '=')
        return STATUS_OK;
    p->at++;
    next_char(p);
    at = p->at;
    node->kind = SETEXPR_GROUP;
    struct setword_groups groups = {a, node->name};
    code = take_word(p, "a group", setword_is_group, &groups, &node->group);
    if (!code && !setword_is_group(&groups, node->group, strlen(node->group))) {
        setword_list_groups(&groups, list, sizeof list);
        code = setparse_fault(p, at, STATUS_NOTFOUND, "no group '%.60s' in %s (there are: %s)",
                              node->group, node->name, list);
    }
    return code;
}

/* One operand: an expression in parentheses, or a pattern, file, list, named set or property, each
 * with an optional layer. Depth is limited because the parser recurses. */
static enum status parse_item(struct parser *p, uint32_t *out)
{
    struct setexpr_node node = {.layer = SETEXPR_CURRENT};
    enum status code;
    char c = next_char(p);
    node.column = p->at + 1;
    if (c == '(') {
        if (++p->depth > SETEXPR_MAX_DEPTH)
            return setparse_fault(p, p->at, STATUS_UNSUPPORTED, "more than %d nested parentheses",
                                  SETEXPR_MAX_DEPTH);
        p->at++;
        code = parse_expr(p, out);
        if (!code && next_char(p) != ')')
            code = setparse_fault(p, p->at, STATUS_USAGE, "')' or an operator (& | -) expected");
        p->at += !code;
        p->depth--;
        return code;
    }
    if (c == '[')
        code = take_pattern(p, &node);
    else if (c == '@')
        code = take_file(p, &node);
    else if (c == '{')
        code = take_list(p, &node);
    else if (c == '$')
        code = take_named(p, &node);
    else
        code = take_property(p, &node);
    if (!code)
        code = take_layer(p, &node.layer);
    if (!code)
        code = take_selector(p, &node);
    if (!code)
        code = add_node(p, &node, out);
    node_free(&node);
    return code;
}

static enum status add_operator(struct parser *p, enum setexpr_kind kind, size_t at, uint32_t left,
                                uint32_t right, uint32_t *out)
{
    struct setexpr_node node = {
        .kind = kind, .left = left, .right = right, .layer = SETEXPR_CURRENT, .column = at + 1};
    return add_node(p, &node, out);
}

static enum status parse_term(struct parser *p, uint32_t *out)
{
    enum status code = parse_item(p, out);
    while (!code && next_char(p) == '&') {
        size_t at = p->at++;
        uint32_t left = *out, right;
        code = parse_item(p, &right);
        if (!code)
            code = add_operator(p, SETEXPR_AND, at, left, right, out);
    }
    return code;
}

static enum status parse_expr(struct parser *p, uint32_t *out)
{
    enum status code = parse_term(p, out);
    while (!code && (next_char(p) == '|' || p->text[p->at] == '-')) {
        enum setexpr_kind kind = p->text[p->at] == '|' ? SETEXPR_OR : SETEXPR_MINUS;
        size_t at = p->at++;
        uint32_t left = *out, right;
        code = parse_term(p, &right);
        if (!code)
            code = add_operator(p, kind, at, left, right, out);
    }
    return code;
}

enum status setexpr_parse(struct setexpr *e, const char *text, const struct analysis *a,
                          size_t *column, struct err *err)
{
    struct err own;
    struct parser p = {.text = text, .a = a, .err = err ? err : &own};
    uint32_t whole;
    p.e.text = mem_strndup(text, strlen(text));
    enum status code = p.e.text ? parse_expr(&p, &whole) : err_nomem(p.err);
    if (!code && next_char(&p))
        code = setparse_fault(&p, p.at, STATUS_USAGE, "an operator (& | -) or the end expected");
    if (column)
        *column = code ? p.column : 0;
    if (code) {
        setexpr_free(&p.e);
        return code;
    }
    *e = p.e;
    return STATUS_OK;
}

void setexpr_free(struct setexpr *e)
{
    for (uint32_t i = 0; i < e->nodes; i++)
        node_free(&e->node[i]);
    free(e->node);
    free(e->text);
    *e = (struct setexpr){0};
}
