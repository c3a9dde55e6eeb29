/*
 * Whose a recording is: the entry of a table of speakers that its name or its folders have.
 *
 * Corpora put the speaker first (84-121123-0000, p225_001_mic1, ES2002a.Headset-0) or into folders
 * (TIMIT, L2-ARCTIC), and divide names by '-', '_' or '.'; no one character ends a speaker's name
 * in all of them, but the table's names tell.
 */
#include "config.h"

#include "corpus/speakers.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "corpus/genders.h"
#include "formats/folder.h"
#include "formats/nfc.h"

void speakers_of_utterance(const char *utterance, char name[SPEAKER_MAX])
{
    /* AMI: each headset of a meeting is one speaker's. */
    bool whole = fnmatch("*.[Hh]eadset-[0-9]*", utterance, 0) == 0;
    snprintf(name, SPEAKER_MAX, "%.*s", (int)strcspn(utterance, whole ? "" : "-"), utterance);
}

/* The N bytes of NAME in lower case (ASCII) and one form of Unicode. */
static void speakers_folded(const char *name, size_t n, char form[SPEAKER_MAX])
{
    nfc_copy(form, SPEAKER_MAX, name, n);
    for (char *p = form; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
}

bool speakers_fold(struct speakers *s)
{
    char form[SPEAKER_MAX];
    s->of_folded = mem_array(s->speaker.count, sizeof *s->of_folded);
    for (uint32_t i = 0; i < s->speaker.count && s->of_folded; i++) {
        speakers_folded(s->speaker.name[i], strlen(s->speaker.name[i]), form);
        uint32_t before = s->folded.count, at = names_add(&s->folded, form);
        if (at == NAMES_NONE)
            return false;
        if (at == before)
            s->of_folded[at][0] = i;
        s->of_folded[at][1] = at == before ? NAMES_NONE : i;
    }
    return s->of_folded || s->speaker.count == 0;
}

/* TIMIT's folders: F or M, three letters, a digit. */
static const char *speakers_timit_gender(const char *speaker)
{
    if (strlen(speaker) != 5 || speaker[4] < '0' || speaker[4] > '9')
        return NULL;
    return strchr("Ff", speaker[0]) ? "female" : strchr("Mm", speaker[0]) ? "male" : NULL;
}

/* What is taken for a name of the table, from the closest on. */
enum likeness { LIKE_SAME, LIKE_FOLDED, LIKE_CORPUS, LIKENESSES };

/* Up to two entries that the name NAME [n] is, in FOUND; their number. */
static int speakers_look_up(const struct speakers *s, const char *name, size_t n,
                            enum likeness likeness, uint32_t found[2])
{
    char form[SPEAKER_MAX];
    if (n == 0 || n >= SPEAKER_MAX)
        return 0;
    memcpy(form, name, n);
    form[n] = '\0';
    if (likeness == LIKE_SAME) {
        found[0] = names_find(&s->speaker, form);
        return found[0] != NAMES_NONE;
    }
    const char *timit = likeness == LIKE_CORPUS ? speakers_timit_gender(form) : NULL;
    bool vctk = likeness == LIKE_CORPUS && n > 3 && strchr("Pp", *form) &&
                strspn(form + 1, "0123456789") == n - 1;
    if (likeness == LIKE_CORPUS && !timit && !vctk)
        return 0;
    /* The gender's letter stands before the name in TIMIT's table, p before the number in VCTK's.
     */
    const char *rest = name + (likeness == LIKE_CORPUS);
    speakers_folded(rest, n - (size_t)(rest - name), form);
    uint32_t at = names_find(&s->folded, form);
    if (at == NAMES_NONE)
        return 0;
    memcpy(found, s->of_folded[at], sizeof s->of_folded[at]);
    if (timit && strncasecmp(s->gender[found[0]], timit, 1) != 0)
        return 0;
    return found[1] == NAMES_NONE ? 1 : 2;
}

/* The longest beginning of NAME that is in the table; its length to *LENGTH. */
static int speakers_find_beginning(const struct speakers *s, const char *name,
                                   enum likeness likeness, size_t *length, uint32_t found[2])
{
    for (size_t n = strlen(name); n > 0; n--) {
        bool ends = !name[n] || strchr("-_.", name[n]);
        int k = ends ? speakers_look_up(s, name, n, likeness, found) : 0;
        *length = n;
        if (k)
            return k;
    }
    return 0;
}

/* The inmost folder of PATH that is in the table; where its name is to *AT. */
static int speakers_find_folder(const struct speakers *s, const char *path, enum likeness likeness,
                                const char **at, size_t *length, uint32_t found[2])
{
    const char *end = strrchr(path, '/');
    while (end && end > path) {
        const char *from = end;
        while (from > path && from[-1] != '/')
            from--;
        *at = from;
        *length = (size_t)(end - from);
        int k = speakers_look_up(s, from, *length, likeness, found);
        if (k)
            return k;
        end = from > path ? from - 1 : NULL;
    }
    return 0;
}

/* The speaker that a table with a line an utterance gives for the file. */
static bool speakers_find_utterance(const struct speakers *s, const char *path, uint32_t *row)
{
    char *stem = s->utterance.count ? folder_stem(path) : NULL;
    uint32_t at = stem ? names_find(&s->utterance, stem) : NAMES_NONE;
    free(stem);
    *row = at == NAMES_NONE ? NAMES_NONE : s->of_utterance[at];
    return *row != NAMES_NONE;
}

enum status speakers_match(const struct speakers *s, const char *utterance, const char *path,
                           char name[SPEAKER_MAX], uint32_t *row, struct err *err)
{
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path, *at = file;
    uint32_t found[2];
    size_t n = 0;
    int k = 0;
    speakers_of_utterance(utterance, name);
    if (speakers_find_utterance(s, path, row)) {
        snprintf(name, SPEAKER_MAX, "%s", s->speaker.name[*row]);
        return STATUS_OK;
    }
    *row = NAMES_NONE;
    for (int like = LIKE_SAME; like < LIKENESSES && !k; like++) {
        at = file;
        k = speakers_find_beginning(s, at, like, &n, found);
        if (!k)
            k = speakers_find_beginning(s, at = utterance, like, &n, found);
        if (!k)
            k = speakers_find_folder(s, path, like, &at, &n, found);
        if (k == 1 && like == LIKE_CORPUS)
            snprintf(name, SPEAKER_MAX, "%.*s", (int)n, at);
        else if (k == 1)
            snprintf(name, SPEAKER_MAX, "%s", s->speaker.name[found[0]]);
    }
    if (k > 1)
        return err_set(err, STATUS_MISMATCH, "%s: could be of speaker '%s' or '%s'", path,
                       s->speaker.name[found[0]], s->speaker.name[found[1]]);
    if (k)
        *row = found[0];
    return STATUS_OK;
}

uint32_t speakers_find(const struct speakers *s, const char *speaker)
{
    uint32_t found[2];
    for (int like = LIKE_SAME; like < LIKENESSES; like++)
        if (speakers_look_up(s, speaker, strlen(speaker), like, found) == 1)
            return found[0];
    return NAMES_NONE;
}

const char *speakers_gender(const struct speakers *s, uint32_t row, const char *speaker,
                            bool authors)
{
    if (s->timit)
        return speakers_timit_gender(speaker);
    if (row == NAMES_NONE)
        return NULL;
    const char *gender = s->gender[row];
    if (authors)
        return strcmp(gender, "M") == 0 ? "male" : "female";
    switch (gender_of((struct span){gender, strlen(gender)})) {
    case GENDER_FEMALE: return "female";
    case GENDER_MALE: return "male";
    case GENDER_UNKNOWN: return "";
    case GENDER_FURTHER:
    case GENDER_NONE: break;
    }
    return gender;
}
