#include "config.h"

#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "corpus/recordings.h"

#define DIR "test_corpus.dir"

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static int make_tree(void **state)
{
    (void)state;
    if (system("rm -rf " DIR " && mkdir -p " DIR "/sub/deep " DIR "/twice") != 0)
        return 1;
    write_text(DIR "/sub/deep/a-1.flac", "x");
    write_text(DIR "/b-2.WAV", "xx");
    write_text(DIR "/sub/a-0.part.ogg", "");
    write_text(DIR "/notes.txt", "");
    write_text(DIR "/.hidden.wav", "");
    if (mkfifo(DIR "/sub/pipe.wav", 0600) != 0 || symlink("..", DIR "/sub/deep/loop") != 0)
        return 1;
    return 0;
}

static int remove_tree(void **state)
{
    (void)state;
    return system("rm -rf " DIR) != 0;
}

static void folders_are_searched_and_sorted(void **state)
{
    struct recordings c;
    struct err err;
    (void)state;
    assert_ok(recordings_open(&c, DIR, &err));
    assert_int_equal(c.count, 3);
    assert_string_equal(c.recording[0].utterance, "a-0");
    assert_string_equal(c.recording[1].utterance, "a-1");
    assert_string_equal(c.recording[2].utterance, "b-2");
    assert_string_equal(c.recording[2].path, DIR "/b-2.WAV");
    recordings_free(&c);
}

static void lists_are_relative_to_their_folder(void **state)
{
    struct recordings c;
    struct err err;
    (void)state;
    write_text(DIR "/sub/list", "\xef\xbb\xbf../b-2.WAV\n");
    assert_ok(recordings_open(&c, DIR "/sub/list", &err));
    assert_string_equal(c.recording[0].path, DIR "/sub/../b-2.WAV");
    recordings_free(&c);
    write_text(DIR "/sub/list", "# two\r\n\r\n  ../b-2.WAV \r\ndeep/a-1.flac\n/else/where.mp3");
    assert_ok(recordings_open(&c, DIR "/sub/list", &err));
    assert_int_equal(c.count, 3);
    assert_string_equal(c.recording[0].path, DIR "/sub/deep/a-1.flac");
    assert_string_equal(c.recording[1].path, DIR "/sub/../b-2.WAV");
    assert_string_equal(c.recording[2].path, "/else/where.mp3");
    recordings_free(&c);
}

static void what_is_no_corpus_is_refused(void **state)
{
    struct recordings c;
    struct err err;
    char long_line[20000];
    (void)state;
    assert_status(recordings_open(&c, DIR "/twice", &err), STATUS_NOTFOUND);
    assert_status(recordings_open(&c, DIR "/nowhere", &err), STATUS_IO);
    write_text(DIR "/sub/list", "deep/a-1.flac\ndeep/a-1.wav\n");
    assert_status(recordings_open(&c, DIR "/sub/list", &err), STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "a-1.wav"));
    write_text(DIR "/sub/list", "# nothing\n");
    assert_status(recordings_open(&c, DIR "/sub/list", &err), STATUS_NOTFOUND);
    memset(long_line, 'x', sizeof long_line);
    long_line[sizeof long_line - 1] = '\0';
    write_text(DIR "/sub/list", long_line);
    assert_status(recordings_open(&c, DIR "/sub/list", &err), STATUS_FORMAT);
}

static void digests_notice_changes(void **state)
{
    struct recordings c;
    struct err err;
    (void)state;
    assert_ok(recordings_open(&c, DIR, &err));
    uint64_t corpus = recordings_digest(&c), folder = corpus_digest_path(DIR);
    uint64_t file = corpus_digest_path(DIR "/b-2.WAV");
    assert_true(corpus == recordings_digest(&c) && folder == corpus_digest_path(DIR));
    write_text(DIR "/b-2.WAV", "yyy");
    assert_true(corpus != recordings_digest(&c));
    assert_true(folder != corpus_digest_path(DIR));
    assert_true(file != corpus_digest_path(DIR "/b-2.WAV"));
    assert_true(corpus_digest_path(NULL) == 0 && corpus_digest_path(DIR "/nowhere") == 0);
    assert_true(corpus_hash("a") != corpus_hash("b") && corpus_hash("") != 0);
    recordings_free(&c);
}

static void shards_divide_a_corpus(void **state)
{
    struct recordings all, part;
    struct err err;
    (void)state;
    assert_ok(recordings_open(&all, DIR, &err));
    for (uint32_t n = 1; n <= 4; n++) {
        uint64_t sum = 0;
        size_t count = 0;
        for (uint32_t k = 1; k <= n; k++) {
            assert_ok(recordings_open(&part, DIR, &err));
            recordings_shard(&part, k, n);
            assert_true(part.count == all.count / n || part.count == all.count / n + 1);
            count += part.count;
            sum += recordings_names_digest(&part);
            recordings_free(&part);
        }
        assert_int_equal(count, all.count);
        assert_true(sum == recordings_names_digest(&all));
    }
    recordings_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_searched_and_sorted),
        cmocka_unit_test(lists_are_relative_to_their_folder),
        cmocka_unit_test(what_is_no_corpus_is_refused),
        cmocka_unit_test(digests_notice_changes),
        cmocka_unit_test(shards_divide_a_corpus),
    };
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
