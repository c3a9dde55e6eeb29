/*
 * HTK master label files: many .lab in one; of alternatives ("///") the first is taken.
 */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>

#include "formats/folder.h"
#include "formats/labels/label_format.h"
#include "formats/labels/label_lines.h"

/* Reads all utterances of a master label file: a quoted pattern such as "*" or a folder, "/" and
 * NAME.lab begins one, lines in .lab format follow, "." ends it. The name is the pattern's last
 * part without extension. */
static enum status mlf_read(struct label_store *store, const void *bytes, size_t size,
                            const char *name, const char *utterance, struct err *err)
{
    struct label_lines s;
    struct span line;
    char *own = NULL; /* the current utterance, NULL between two */
    bool alternative = false;
    (void)utterance;
    enum status code = label_lines_begin(&s, store, bytes, size, name, err);
    while (!code && lines_next(&s.lines, &line)) {
        line = span_trim(line);
        if (!line.n || span_is(line, "#!MLF!#"))
            continue;
        if (own && span_is(line, ".")) {
            free(own);
            own = NULL;
        } else if (own && span_is(line, "///")) {
            alternative = true;
        } else if (own) {
            code = alternative ? STATUS_OK : label_lines_add_htk(&s, line, own, err);
        } else if (line.n > 2 && line.s[0] == '"' && line.s[line.n - 1] == '"') {
            char *path = span_copy((struct span){line.s + 1, line.n - 2});
            own = path ? folder_utterance(path) : NULL;
            free(path);
            alternative = false;
            code = own ? STATUS_OK : err_nomem(err);
        } else {
            code = label_lines_bad(&s, err, "the name of an utterance in quotes is expected");
        }
    }
    if (!code && own)
        code = label_lines_bad(&s, err, "the file ends within an utterance: no line \".\"");
    free(own);
    return code;
}

const struct label_format label_format_mlf = {
    .name = "master label file", .suffix = {".mlf"}, .many = true, .store = mlf_read};
