/*
 * Taking a folder for a run, and reading who has.
 */
#include "config.h"

#include "train/training_run.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "formats/jsontext.h"

/* Locks of fcntl: whoever asks learns the holder's pid without taking them. */
static struct flock training_run_lock(void)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

bool training_run_place(char *path, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int n = -1;
    if (state && state[0] == '/')
        n = snprintf(path, size, "%s/propneu/training", state);
    else if (home && *home)
        n = snprintf(path, size, "%s/.local/state/propneu/training", home);
    return n > 0 && (size_t)n < size;
}

/* A name of its own for each folder. */
static uint64_t training_run_hash(const char *folder)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (const char *s = folder; *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return h;
}

/* PATH and the folders above it. */
static bool training_run_make_folders(char *path)
{
    for (char *p = path + 1;; p++) {
        if (*p && *p != '/')
            continue;
        char byte = *p;
        *p = '\0';
        bool made = mkdir(path, 0777) == 0 || errno == EEXIST;
        *p = byte;
        if (!made || !byte)
            return made;
    }
}

/* Notes FOLDER where explorers look. */
static void training_run_announce(const char *folder)
{
    char place[PATH_MAX], name[PATH_MAX + 32];
    if (!training_run_place(place, sizeof place) || !training_run_make_folders(place))
        return;
    snprintf(name, sizeof name, "%s/%016" PRIx64 ".run", place, training_run_hash(folder));
    FILE *f = fopen(name, "w");
    if (!f)
        return;
    fputs(folder, f);
    fclose(f);
}

/* What run.json says; NULL without memory. */
static char *training_run_text(const char *command, uint64_t steps)
{
    char place[PATH_MAX];
    json_t *v = json_object();
    if (!getcwd(place, sizeof place))
        place[0] = '\0';
    json_object_set_new(v, "command", jsontext_string(command));
    json_object_set_new(v, "place", jsontext_string(place));
    json_object_set_new(v, "steps", json_integer((json_int_t)steps));
    char *text = jsontext_dump(v, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    json_decref(v);
    return text;
}

/* The file stays the same one: whoever waits for its lock has it open. */
static enum status training_run_write(int fd, const char *path, const char *text, struct err *err)
{
    size_t n = strlen(text);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, n, 0) != (ssize_t)n)
        return err_errno(err, path);
    return STATUS_OK;
}

enum status training_run_begin(int *hold, const char *folder, const char *command, uint64_t steps,
                               struct err *err)
{
    char real[PATH_MAX], path[PATH_MAX + 16];
    struct flock lock = training_run_lock();
    *hold = -1;
    if (!realpath(folder, real))
        return err_errno(err, folder);
    snprintf(path, sizeof path, "%s/" TRAINING_RUN_NAME, real);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0)
        return err_errno(err, path);
    enum status code = STATUS_OK;
    if (fcntl(fd, F_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES))
        code = err_set(err, STATUS_USAGE, "%s: another process trains in this folder", folder);
    char *text = code ? NULL : training_run_text(command, steps);
    if (!code)
        code = text ? training_run_write(fd, path, text, err) : err_nomem(err);
    free(text);
    if (code) {
        close(fd);
        return code;
    }
    training_run_announce(real);
    *hold = fd;
    return STATUS_OK;
}

void training_run_end(int hold)
{
    if (hold >= 0)
        close(hold);
}

void training_run_free(struct training_run *r)
{
    free(r->folder);
    free(r->command);
    free(r->place);
    *r = (struct training_run){.folder = NULL};
}

/* The text of KEY, to be freed; "" where V has none, NULL without memory. */
static char *training_run_word(const json_t *v, const char *key)
{
    const char *text = json_string_value(json_object_get(v, key));
    return mem_strndup(text ? text : "", text ? strlen(text) : 0);
}

enum status training_run_read(struct training_run *out, const char *folder, struct err *err)
{
    char path[PATH_MAX + 16];
    json_t *v;
    *out = (struct training_run){.folder = NULL};
    if (snprintf(path, sizeof path, "%s/" TRAINING_RUN_NAME, folder) >= (int)sizeof path)
        return err_set(err, STATUS_IO, "%.200s: a path that is too long", folder);
    enum status code = jsontext_open(&v, path, err);
    if (code)
        return code;
    json_int_t steps = json_integer_value(json_object_get(v, "steps"));
    out->folder = mem_strndup(folder, strlen(folder));
    out->command = training_run_word(v, "command");
    out->place = training_run_word(v, "place");
    out->steps = steps > 0 ? (uint64_t)steps : 0;
    json_decref(v);
    if (!out->folder || !out->command || !out->place) {
        training_run_free(out);
        return err_nomem(err);
    }
    struct flock lock = training_run_lock();
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        out->pid = lock.l_pid;
    if (fd >= 0)
        close(fd);
    return STATUS_OK;
}
