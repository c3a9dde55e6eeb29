/*
 * status.h - how functions report failure.
 *
 * A function that can fail returns an enum status, 0 being success, and leaves its results
 * untouched on failure.  The reason, ready to be shown to a person, goes into a struct err that
 * the caller owns.  A message names the file and the place in it (byte, line, tensor, key), but
 * not the program and not a trailing full stop: "model.ckpt: archive/data.pkl byte 120: ...".
 */
#ifndef PROPNEU_BASE_STATUS_H
#define PROPNEU_BASE_STATUS_H

#include <stdarg.h>
#include <stdbool.h>

enum status {
    STATUS_OK = 0,
    STATUS_USAGE,       /* the caller, or the person who typed it, asked for something malformed */
    STATUS_IO,          /* the operating system refused: missing file, disk full, ... */
    STATUS_FORMAT,      /* the bytes of a file are not what its format says */
    STATUS_UNSUPPORTED, /* well-formed, but nothing propneu can compute with */
    STATUS_MISMATCH,    /* two inputs do not belong together */
    STATUS_NOTFOUND,    /* a name that is not there */
    STATUS_NOMEM,       /* memory, threads or open files, or the bound set on them, are used up */
    STATUS_CANCELLED,   /* stopped on request */
};

struct err {
    enum status code;
    char msg[512];
};

/*
 * Fills ERR (which may be NULL) and returns CODE, so that a failing function can end with
 * "return err_set(err, STATUS_FORMAT, ...)".  What is not printable (base/text.h) becomes '?', so
 * that names taken from hostile files cannot drive a terminal; what is too long loses its middle.
 */
enum status err_set(struct err *err, enum status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

enum status err_vset(struct err *err, enum status code, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

/* Puts "PREFIX: " in front of the message that is in ERR; returns its code. */
enum status err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* As err_set with "WHAT: strerror(errno)" and STATUS_IO, or STATUS_NOMEM where memory or open files
 * are used up, which is no fault of WHAT's; reads errno first. */
enum status err_errno(struct err *err, const char *what);

/* "out of memory", with STATUS_NOMEM. */
enum status err_nomem(struct err *err);

/*
 * As err_set with CODE and "NAME: ..." for what a library found wrong with NAME, unless memory is
 * used up, which libraries take for a fault of what they read: then that, with STATUS_NOMEM.  The
 * caller sets errno to 0 before the call that fails.
 */
enum status err_blame(struct err *err, enum status code, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Notes that memory ran out, where no message says so. */
void err_note_lack(void);

/* True once STATUS_NOMEM was the answer to anything: what was put together since may lack parts. */
bool err_lacked_memory(void);

#endif
