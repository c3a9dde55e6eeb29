/* Files that change while they are read, and outputs that appear whole or not at all. */
#include "config.h"

#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/file.h"
#include "formats/tempnames.h"

static const char input[] = "test_files.in", first[] = "test_files.1", second[] = "test_files.2";

static void file_fill(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* As by another program, a moment after it was written: files know their time to some ms. */
static void file_write_into(const char *path, const char *text)
{
    const struct timespec later[2] = {{2000000000, 0}, {2000000000, 0}};
    int fd = open(path, O_WRONLY);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    assert_int_equal(utimensat(AT_FDCWD, path, later, 0), 0);
}

static bool file_is(const char *path)
{
    return access(path, F_OK) == 0;
}

static void a_mapping_is_known_by_its_path(void **state)
{
    enum { MANY = 600 };
    static struct mapped m[MANY];
    char folder[250] = "test_files.", path[320];
    struct err err;
    (void)state;
    memset(folder + strlen(folder), 'd', sizeof folder - 1 - strlen(folder));
    snprintf(path, sizeof path, "%s/\033[31m\302\233", folder);
    mkdir(folder, 0777);
    file_fill(path, "text");
    file_fill(input, "text");
    for (int i = 0; i < MANY; i++)
        assert_ok(mapped_open(&m[i], i + 1 < MANY ? input : path, &err));
    assert_string_equal(mapped_path(m[0].data + 1), input);
    const char *shown = mapped_path(m[MANY - 1].data);
    assert_memory_equal(shown, folder, strlen(folder));
    assert_string_equal(shown + strlen(folder), "/?[31m?");
    assert_null(mapped_path(&err));
    for (int i = 0; i < MANY; i++)
        mapped_close(&m[i]);
    assert_ok(mapped_unchanged(&err));
    unlink(path);
    unlink(input);
    rmdir(folder);
}

static void a_file_that_was_written_to_is_told(void **state)
{
    struct mapped m;
    struct outfile f;
    struct err err;
    (void)state;
    for (int closed = 0; closed < 2; closed++) {
        file_fill(input, "before");
        unlink(first);
        assert_ok(mapped_open(&m, input, &err));
        assert_ok(mapped_unchanged(&err));
        assert_ok(outfile_open(&f, first, &err));
        fputs("result", f.stream);
        assert_false(mapped_changed(input));
        file_write_into(input, "behind");
        assert_true(mapped_changed(input));
        assert_false(mapped_changed(first));
        if (closed)
            mapped_close(&m);
        assert_int_equal(mapped_changed(input), !closed);
        assert_int_equal(outfile_commit(&f, &err), STATUS_IO);
        assert_string_equal(err.msg, "test_files.in: was changed while in use");
        assert_false(file_is(first));
        mapped_close(&m);
        mapped_unchanged(NULL);
        assert_ok(mapped_unchanged(&err)); /* told once */
    }
    unlink(input);
}

static void a_file_that_was_replaced_or_grows_is_fine(void **state)
{
    struct mapped m;
    struct err err;
    (void)state;
    file_fill(input, "before");
    assert_ok(mapped_open(&m, input, &err));
    file_fill(second, "behind");
    assert_int_equal(rename(second, input), 0);
    assert_ok(mapped_unchanged(&err));
    assert_memory_equal(m.data, "before", 6);
    mapped_close(&m);
    assert_ok(mapped_open(&m, input, &err));
    mapped_may_change(&m);
    file_write_into(input, "behind it");
    mapped_close(&m);
    assert_ok(mapped_unchanged(&err));
    unlink(input);
}

/* The limit on the size of files is a full disk that tests may have. */
static void two_files_appear_both_or_neither(void **state)
{
    struct rlimit was, small;
    struct outfile a, b;
    struct err err;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = was;
    small.rlim_cur = 20000;
    signal(SIGXFSZ, SIG_IGN);
    for (size_t size = 10; size <= 100000; size += 99990) {
        unlink(first);
        unlink(second);
        assert_ok(outfile_open(&a, first, &err));
        assert_ok(outfile_open(&b, second, &err));
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        fputs("small", a.stream);
        for (size_t i = 0; i < size; i++)
            fputc('x', b.stream);
        enum status code = outfile_commit_both(&a, &b, &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
        assert_int_equal(code, size == 10 ? STATUS_OK : STATUS_IO);
        assert_int_equal(file_is(first), size == 10);
        assert_int_equal(file_is(second), size == 10);
    }
    assert_string_equal(err.msg, "test_files.2: File too large");
    assert_null(a.stream);
    unlink(first);
    unlink(second);
}

static void what_has_a_temporary_name_can_be_removed(void **state)
{
    static const char folder[] = "test_files.folder", inside[] = "test_files.folder/in";
    (void)state;
    mkdir(folder, 0777);
    file_fill(inside, "x");
    file_fill(first, "x");
    file_fill(second, "x");
    tempnames_add(folder);
    tempnames_add(first);
    tempnames_add(second);
    tempnames_drop(first);
    tempnames_drop("test_files.other");
    tempnames_remove();
    assert_false(file_is(folder));
    assert_true(file_is(first));
    assert_false(file_is(second));
    file_fill(second, "x");
    tempnames_remove();
    assert_true(file_is(second));
    unlink(first);
    unlink(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mapping_is_known_by_its_path),
        cmocka_unit_test(a_file_that_was_written_to_is_told),
        cmocka_unit_test(a_file_that_was_replaced_or_grows_is_fine),
        cmocka_unit_test(two_files_appear_both_or_neither),
        cmocka_unit_test(what_has_a_temporary_name_can_be_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
