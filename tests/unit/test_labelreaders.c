#include "config.h"

#include "unit.h"

#include <stdbool.h>
#include <unistd.h>

#include "formats/labels/label_format.h"
#include "formats/labels/labels.h"
#include "formats/labels/labelstore.h"

/* All labels TEXT holds as "utterance start-end label, ...", or the message. */
static const char *shown(const struct label_format *f, const char *text)
{
    static char out[512];
    struct label_store s = {.utterance = NAMES_INIT};
    struct err err = {STATUS_OK, ""};
    size_t at = 0;
    out[0] = '\0';
    if (f->store(&s, text, strlen(text), "f", "own", &err) != STATUS_OK ||
        label_store_done(&s, "f", &err) != STATUS_OK) {
        label_store_free(&s);
        snprintf(out, sizeof out, "%s", err.msg);
        return out;
    }
    for (uint32_t u = 0; u < s.utterance.count; u++) {
        struct utterance_labels l;
        assert_ok(label_store_get(&s, u, &l, &err));
        for (size_t i = 0; i < l.count; i++)
            at += (size_t)snprintf(out + at, sizeof out - at, "%s %g-%g %s, ", s.utterance.name[u],
                                   l.interval[i].start, l.interval[i].end,
                                   l.name.name[l.interval[i].name]);
        utterance_labels_free(&l);
    }
    label_store_free(&s);
    return out;
}

static void ctm_has_starts_and_durations(void **state)
{
    (void)state;
    assert_string_equal(shown(&label_format_ctm, ";; made by hand\nb 1 0.5 0.25 AH_B 0.9\n"
                                                 "a A 0.1 0.2 B\na A 0.3 0.1 C\nb 1 0 0.5 SIL\n"),
                        "b 0-0.5 SIL, b 0.5-0.75 AH_B, a 0.1-0.3 B, a 0.3-0.4 C, ");
    assert_string_equal(shown(&label_format_ctm, "a 1 0 0.5005 B\na 1 0.5 0.5 C\n"),
                        "a 0-0.5005 B, a 0.5005-1 C, ");
    assert_string_equal(shown(&label_format_ctm, "a 1 0 0.5\n"),
                        "f: line 1: not \"utterance channel start duration label\"");
    assert_string_equal(shown(&label_format_ctm, "a 1 0 -0.5 B\n"),
                        "f: line 1: a label from 0 s to -0.5 s");
    assert_string_equal(shown(&label_format_ctm, "a 1 0 1 B\na 1 0.5 1 C\n"),
                        "f: a: labels that overlap at 0.500 s");
}

static void tables_have_a_header_or_four_columns(void **state)
{
    (void)state;
    assert_string_equal(shown(&label_format_tabular, "u\t0\t0.5\tAA\nu\t0.5\t1\t\n"),
                        "u 0-0.5 AA, u 0.5-1 , ");
    assert_string_equal(shown(&label_format_tabular, "phone,start,dur,utt\r\nAA,1,0.5,u\r\n"),
                        "u 1-1.5 AA, ");
    assert_string_equal(shown(&label_format_tabular,
                              "Begin,End,Label,Type,Speaker\n0,1,say,words,s\n"
                              "0,0.5,S,phones,s\n0.5,1,EY1,phones,s\n"),
                        "own 0-0.5 S, own 0.5-1 EY1, ");
    assert_string_equal(shown(&label_format_tabular, "utt,offset,duration,text\nu,1,0.5,AA\n"),
                        "u 1-1.5 AA, ");
    assert_string_equal(
        shown(&label_format_tabular, "utt,onset (ms),offset (ms),phone\nu,250,500,AA\n"),
        "u 0.25-0.5 AA, ");
    assert_string_equal(shown(&label_format_tabular, "u 0 x AA\n"),
                        "f: line 1: no start and end in seconds");
    assert_string_equal(shown(&label_format_tabular, "u 0 nan AA\n"),
                        "f: line 1: a label from 0 s to nan s");
}

static void timit_counts_samples(void **state)
{
    (void)state;
    assert_string_equal(shown(&label_format_timit, "0 1600 h#\n1600 3200 sh\r\n"),
                        "own 0-0.1 h#, own 0.1-0.2 sh, ");
    /* Seconds, say, would silently make labels 16000 times too short. */
    assert_string_equal(shown(&label_format_timit, "0 0.5 h#\n"),
                        "f: line 1: not \"start end label\" in samples");
    assert_string_equal(shown(&label_format_timit, "0 -5 h#\n"),
                        "f: line 1: not \"start end label\" in samples");
    assert_string_equal(shown(&label_format_timit, "0 h#\n"),
                        "f: line 1: not \"start end label\" in samples");
}

static void lab_is_htks_or_xlabels(void **state)
{
    (void)state;
    assert_string_equal(
        shown(&label_format_lab, "0 5000000 sil -12.5\n5000000 10000000 \"ah\" -3 word\n"),
        "own 0-0.5 sil, own 0.5-1 ah, ");
    assert_string_equal(shown(&label_format_lab, "0.0 0.5 sil\n0.5 1.0 ah\n"),
                        "own 0-0.5 sil, own 0.5-1 ah, ");
    assert_string_equal(shown(&label_format_lab, "separator ;\nnfields 1\n#\n    0.5000  121 pau\n"
                                                 "1.25 121 ah; ah; S\n"),
                        "own 0-0.5 pau, own 0.5-1.25 ah, ");
    assert_string_equal(shown(&label_format_lab, "0 5000000 sil\n///\n0 5000000 ah\n"),
                        "own 0-0.5 sil, ");
    /* States, their phone at the first; labels that are only called like them stay. */
    assert_string_equal(shown(&label_format_lab,
                              "0 1000000 s2 -5 sil -9\n1000000 2000000 s3 -5\n"
                              "2000000 3000000 s2 -5 l-ah+r -9\n3000000 4000000 s3 -5\n"),
                        "own 0-0.2 sil, own 0.2-0.4 l-ah+r, ");
    assert_string_equal(shown(&label_format_lab, "0 1000000 s2 sil\n1000000 2000000 s3\n"),
                        "own 0-0.2 sil, ");
    assert_string_equal(
        shown(&label_format_lab, "0 1000000 s2 ah\n1000000 2000000 s3\n3000000 4000000 s4\n"),
        "f: line 3: a state of no phone");
    assert_string_equal(shown(&label_format_lab, "0 1000000 s2\n1000000 2000000 s3\n"),
                        "own 0-0.1 s2, own 0.1-0.2 s3, ");
    assert_string_equal(shown(&label_format_lab, "0 1000000 s2 -5 so\n1000000 2000000 ou -5\n"),
                        "own 0-0.1 s2, own 0.1-0.2 ou, ");
    assert_string_equal(shown(&label_format_lab, "sil\nah\n"),
                        "f: line 1: not \"start end label\"; labels without times cannot be used");
    assert_string_equal(shown(&label_format_lab, "#\n0.5 121 a\n0.25 121 b\n"),
                        "f: line 3: a label from 0.5 s to 0.25 s");
}

static void mlf_holds_many_utterances(void **state)
{
    (void)state;
    assert_string_equal(shown(&label_format_mlf,
                              "#!MLF!#\n\"*/a-1.lab\"\n0 5000000 sil\n///\n0 100 x\n.\n"
                              "\"/data/b-2.rec\"\n0 1000000 ah\n.\n"),
                        "a-1 0-0.5 sil, b-2 0-0.1 ah, ");
    assert_string_equal(shown(&label_format_mlf,
                              "#!MLF!#\n\"*/a.rec\"\n0 1000000 s2 -5 ah -9\n1000000 2000000 s3 -5\n"
                              ".\n\"*/b.rec\"\n0 1000000 s2 -5 sil -9\n.\n"),
                        "a 0-0.2 ah, b 0-0.1 sil, ");
    assert_string_equal(shown(&label_format_mlf, "#!MLF!#\n0 5 sil\n"),
                        "f: line 2: the name of an utterance in quotes is expected");
    assert_string_equal(shown(&label_format_mlf, "#!MLF!#\n\"*/a.lab\"\n0 5000000 sil\n"),
                        "f: line 3: the file ends within an utterance: no line \".\"");
}

static void sources_are_opened_by_their_names(void **state)
{
    static const struct {
        const char *name, *text;
    } files[] = {
        {"u.ctm", "u 1 0 0.5 AA\n"},
        {"u.mlf", "#!MLF!#\n\"*/u.lab\"\n0 5000000 AA\n.\n"},
        {"u.lab", "0 5000000 AA\n"},
        {"u.PHN", "0 8000 AA\n"},
        {"u.csv", "Begin,End,Label,Type\n0,0.5,AA,phones\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char folder[] = "/tmp/propneu-readers-XXXXXX", path[64];
        struct labels *l;
        struct utterance_labels u;
        struct err err;
        assert_non_null(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(files[i].text, f);
        fclose(f);
        for (int by_folder = 0; by_folder <= 1; by_folder++) {
            assert_ok(labels_open(&l, by_folder ? folder : path, NULL, &err));
            assert_int_equal(labels_count(l), 1);
            assert_string_equal(labels_utterance(l, 0), "u");
            assert_int_equal(labels_phones(l) != NULL, strstr(path, ".PHN") != NULL);
            assert_true(labels_has(l, "u") && !labels_has(l, "v"));
            assert_ok(labels_get(l, "u", &u, &err));
            assert_int_equal(u.count, 1);
            assert_true(u.interval[0].end == 0.5);
            assert_string_equal(u.name.name[0], "AA");
            utterance_labels_free(&u);
            labels_free(l);
        }
        unlink(path);
        rmdir(folder);
    }
}

static void tables_in_folders_are_of_their_own_utterance(void **state)
{
    static const char *const texts[] = {"v 1 0 0.5 AA\n", "u 1 0 0.5 AA\nv 1 0 0.5 AA\n"};
    char folder[] = "/tmp/propneu-readers-XXXXXX", path[64];
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/u.ctm", folder);
    for (size_t i = 0; i < 2; i++) {
        struct labels *l;
        struct utterance_labels u;
        struct err err;
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(texts[i], f);
        fclose(f);
        assert_ok(labels_open(&l, folder, NULL, &err));
        assert_status(labels_get(l, "u", &u, &err), STATUS_FORMAT);
        labels_free(l);
    }
    unlink(path);
    rmdir(folder);
}

static void damaged_files_are_read_or_refused(void **state)
{
    static const struct {
        const struct label_format *format;
        const char *text;
    } files[] = {
        {&label_format_ctm, "a 1 0 0.5 AH 0.9\nb 1 0.5 0.25 B\n;; x\n"},
        {&label_format_tabular, "utt\tstart\tend\tphone\nu\t0\t0.5\tAA\nu\t0.5\t1\tB\n"},
        {&label_format_timit, "0 1600 h#\n1600 3200 sh\n"},
        {&label_format_lab, "0 5000000 sil -12.5\n5000000 10000000 \"ah\" -3 word\n"},
        {&label_format_lab, "x\n#\n0.5 121 pau\n0.75 121 ah\n"},
        {&label_format_mlf, "#!MLF!#\n\"*/a-1.lab\"\n0 5000000 sil\n///\n0 100 x\n.\n"},
    };
    char text[128];
    (void)state;
    for (size_t f = 0; f < sizeof files / sizeof *files; f++)
        for (size_t i = 0; files[f].text[i]; i++)
            for (const char *c = "\n\t\" #.-9e\377"; *c; c++) {
                snprintf(text, sizeof text, "%s", files[f].text);
                text[i] = *c;
                assert_non_null(shown(files[f].format, text));
                text[i] = '\0'; /* its beginning */
                assert_non_null(shown(files[f].format, text));
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ctm_has_starts_and_durations),
        cmocka_unit_test(tables_have_a_header_or_four_columns),
        cmocka_unit_test(timit_counts_samples),
        cmocka_unit_test(lab_is_htks_or_xlabels),
        cmocka_unit_test(mlf_holds_many_utterances),
        cmocka_unit_test(sources_are_opened_by_their_names),
        cmocka_unit_test(tables_in_folders_are_of_their_own_utterance),
        cmocka_unit_test(damaged_files_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
