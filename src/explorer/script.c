/*
 * Parsing and writing scripts (script.h).
 */
#include "config.h"

#include "explorer/script.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/canvas.h"
#include "screen/keys.h"
#include "formats/file.h"
#include "formats/lines.h"
#include "base/mem.h"
#include "base/number.h"

/* A script under construction. */
struct reader {
    struct script *script;
    const char *name;
    size_t line;
    struct buf say; /* of the step at hand */
    struct err *err;
};

static enum status script_complain(const struct reader *r, const char *what, struct span word)
{
    return err_set(r->err, STATUS_FORMAT, "%s: line %zu: %s: '%.*s'", r->name, r->line, what,
                   (int)(word.n < 40 ? word.n : 40), word.s);
}

static struct script_step *last_step(const struct reader *r)
{
    return r->script->count ? &r->script->step[r->script->count - 1] : NULL;
}

/* Gives the step at hand its words. */
static enum status end_step(struct reader *r)
{
    struct script_step *step = last_step(r);
    if (!step || !r->say.len)
        return buf_ok(&r->say) ? STATUS_OK : err_nomem(r->err);
    step->say = mem_strndup(buf_text(&r->say), r->say.len);
    buf_clear(&r->say);
    return step->say ? STATUS_OK : err_nomem(r->err);
}

static enum status new_step(struct reader *r)
{
    struct script *s = r->script;
    enum status code = end_step(r);
    if (!code && !mem_grow(&s->step, &s->cap, s->count + 1, sizeof *s->step))
        code = err_nomem(r->err);
    if (!code)
        s->step[s->count++] = (struct script_step){.wait = -1};
    return code;
}

static enum status add_key(struct reader *r, uint32_t key)
{
    struct script_step *step = last_step(r);
    if (!mem_grow(&step->key, &step->cap, step->keys + 1, sizeof *step->key))
        return err_nomem(r->err);
    step->key[step->keys++] = key;
    return STATUS_OK;
}

/* The step that keys of this line belong to. */
static enum status step_for_keys(struct reader *r)
{
    const struct script_step *step = last_step(r);
    return !step || r->say.len || step->wait >= 0 ? new_step(r) : STATUS_OK;
}

/* Keys by name, separated by blanks or tabs. */
static enum status take_press(struct reader *r, struct span rest)
{
    char word[40];
    enum status code = step_for_keys(r);
    if (!code && rest.n == 0)
        code = script_complain(r, "no key named", rest);
    while (!code && rest.n) {
        struct span name = rest;
        for (name.n = 0; name.n < rest.n && rest.s[name.n] != ' ' && rest.s[name.n] != '\t';)
            name.n++;
        snprintf(word, sizeof word, "%.*s", (int)(name.n < 40 ? name.n : 39), name.s);
        const char *names = word;
        uint32_t key = name.n < sizeof word ? key_next(&names) : 0;
        code = key ? add_key(r, key) : script_complain(r, "no such key", name);
        rest = span_trim((struct span){rest.s + name.n, rest.n - name.n});
    }
    return code;
}

/*
 * Every character is a key; what no keyboard types (control characters, invalid UTF-8) is an error
 * in the script.
 */
static enum status take_type(struct reader *r, struct span text)
{
    enum status code = step_for_keys(r);
    char *copy = span_copy(text);
    if (!copy)
        return err_nomem(r->err);
    for (const char *p = copy; !code && *p;) {
        uint32_t ch = utf8_next(&p);
        code = key_types(ch) && ch != 0xfffd ? add_key(r, ch)
                                             : script_complain(r, "this cannot be typed", text);
    }
    free(copy);
    return code;
}

/*
 * True if every { is closed before the next one opens: script_fill replaces what is between them.
 */
static bool braces_match(struct span text)
{
    bool open = false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.s[i] == (open ? '{' : '}'))
            return false;
        open ^= text.s[i] == '{' || text.s[i] == '}';
    }
    return !open;
}

/*
 * Words after a "wait" begin a new step; lines of one step are joined by blanks, an empty line
 * breaks them.
 */
static enum status take_say(struct reader *r, struct span text)
{
    const struct script_step *step = last_step(r);
    enum status code = !step || step->wait >= 0 ? new_step(r) : STATUS_OK;
    if (!code && !braces_match(text))
        return script_complain(r, "unmatched { or }", text);
    if (text.n == 0)
        buf_str(&r->say, "\n");
    else if (r->say.len && r->say.data[r->say.len - 1] != '\n')
        buf_str(&r->say, " ");
    buf_add(&r->say, text.s, text.n);
    return code;
}

/*
 * The time of the last step, once: a second "wait" begins a step of its own, without keys and
 * words.
 */
static enum status take_wait(struct reader *r, struct span text)
{
    double seconds;
    const struct script_step *step = last_step(r);
    enum status code = !step || step->wait >= 0 ? new_step(r) : STATUS_OK;
    if (code)
        return code;
    if (!span_number(text, &seconds) || !(seconds >= 0 && seconds <= SCRIPT_MAX_WAIT))
        return script_complain(r, "wait takes seconds, from 0 to 3600, not", text);
    last_step(r)->wait = seconds;
    return STATUS_OK;
}

/* The word at the start of *LINE, which loses it and one blank. */
static struct span take_word(struct span *line)
{
    struct span word = *line;
    for (word.n = 0; word.n < line->n && line->s[word.n] != ' ' && line->s[word.n] != '\t';)
        word.n++;
    size_t gone = word.n + (word.n < line->n);
    *line = (struct span){line->s + gone, line->n - gone};
    return word;
}

/* Words after "type" are taken as they stand, since blanks are keys; all others are trimmed. */
static enum status take_line(struct reader *r, struct span line)
{
    struct span word = take_word(&line);
    if (span_is(word, "press"))
        return take_press(r, span_trim(line));
    if (span_is(word, "type"))
        return take_type(r, line);
    if (span_is(word, "say"))
        return take_say(r, span_trim(line));
    if (span_is(word, "wait"))
        return take_wait(r, span_trim(line));
    return script_complain(r, "none of press, type, say and wait", word);
}

/*
 * Reads line by line; a step ends where the next begins, so the last one is ended after the loop.
 */
enum status script_parse(struct script *s, const void *bytes, size_t size, const char *name,
                         struct err *err)
{
    struct lines lines;
    struct span line;
    struct reader r = {.script = s, .name = name, .say = BUF_INIT, .err = err};
    *s = (struct script){0};
    enum status code = size > SCRIPT_MAX_BYTES
                           ? err_set(err, STATUS_FORMAT, "%s: too large for a script", name)
                           : lines_begin(&lines, bytes, size, name, err);
    while (!code && lines_next(&lines, &line)) {
        r.line = lines.number;
        if (span_trim(line).n && line.s[0] != '#')
            code = take_line(&r, line);
    }
    if (!code)
        code = end_step(&r);
    if (!code && s->count == 0)
        code = err_set(err, STATUS_FORMAT, "%s: holds no step (press, type, say, wait)", name);
    buf_free(&r.say);
    if (code)
        script_free(s);
    return code;
}

enum status script_open(struct script *s, const char *path, struct err *err)
{
    struct mapped m;
    enum status code = mapped_open(&m, path, err);
    if (code)
        return code;
    code = script_parse(s, m.data, m.size, path, err);
    mapped_close(&m);
    return code;
}

void script_free(struct script *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->step[i].key);
        free(s->step[i].say);
    }
    free(s->step);
    *s = (struct script){0};
}

void script_write_keys(struct buf *out, const uint32_t *key, size_t keys, bool typed)
{
    char name[40];
    /* Blanks at the ends of a line are easily lost: such keys go by their names. */
    bool plain = typed && keys && key[0] != ' ' && key[keys - 1] != ' ';
    buf_str(out, plain ? "type " : "press");
    for (size_t i = 0; i < keys; i++) {
        if (plain)
            buf_add(out, name, (size_t)utf8_put(name, key[i]));
        else {
            key_text(key[i], name, sizeof name);
            buf_printf(out, " %s", name);
        }
    }
    buf_str(out, "\n");
}

void script_write_wait(struct buf *out, double wait)
{
    if (wait > 0)
        buf_printf(out, "wait %s\n", number_fixed(fmin(wait, SCRIPT_MAX_WAIT), 1).text);
}

static bool script_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The next number between P and END, its length in *LEN; NULL if there is none. */
static const char *next_number(const char *p, const char *end, size_t *len)
{
    while (p < end && !script_digit(*p))
        p++;
    const char *start = p > end - 1 ? NULL : p;
    while (p < end && (script_digit(*p) || (*p == '.' && p + 1 < end && script_digit(p[1]))))
        p++;
    *len = start ? (size_t)(p - start) : 0;
    return start;
}

/* The Nth number (-1: the last) between P and END, with its minus; NULL if there is none such. */
static const char *nth_number(const char *p, const char *end, int n, size_t *len)
{
    const char *begin = p, *found = NULL;
    size_t digits;
    for (const char *at = p; (at = next_number(at, end, &digits)); at += digits) {
        bool minus = at > begin && at[-1] == '-' && (at - 1 == begin || at[-2] == ' ');
        found = n < 0 || n == 1 ? at - minus : NULL;
        *len = digits + minus;
        if (n > 0 && --n == 0)
            return found;
    }
    return n < 0 ? found : NULL;
}

/* The Nth number behind WORDS (-1: before them) on the first line that has both. */
static const char *find_number(const char *screen, struct span words, int n, size_t *len)
{
    for (const char *line = screen; *line;) {
        const char *end = line + strcspn(line, "\n");
        const char *at = words.n ? memmem(line, (size_t)(end - line), words.s, words.n) : NULL;
        const char *found = !at     ? NULL
                            : n < 0 ? nth_number(line, at, n, len)
                                    : nth_number(at + words.n, end, n, len);
        if (found)
            return found;
        line = *end ? end + 1 : end;
    }
    return NULL;
}

/* Takes ":3" or ":-1" off the end of *WORDS; 1 where there is neither. */
static int take_index(struct span *words)
{
    size_t n = words->n;
    const char *s = words->s;
    if (n > 3 && memcmp(s + n - 3, ":-1", 3) == 0) {
        words->n -= 3;
        return -1;
    }
    if (n > 2 && s[n - 2] == ':' && s[n - 1] >= '1' && s[n - 1] <= '9') {
        words->n -= 2;
        return s[n - 1] - '0';
    }
    return 1;
}

size_t script_fill(const char *say, const char *screen, struct buf *out)
{
    size_t missing = 0;
    for (const char *p = say; *p;) {
        size_t n = strcspn(p, "{"), len = 0;
        buf_add(out, p, n);
        p += n;
        const char *end = *p ? strchr(p, '}') : NULL;
        if (!end)
            break;
        struct span words = {p + 1, (size_t)(end - p) - 1};
        int which = take_index(&words);
        const char *number = find_number(screen, words, which, &len);
        buf_add(out, number ? number : "...", number ? len : 3);
        missing += number == NULL;
        p = end + 1;
    }
    return missing;
}
