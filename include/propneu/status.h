/*
 * propneu/status.h - version of the library, how its functions report failure, and what holds for
 * all of them.
 *
 * A function that can fail returns an enum pn_status, 0 being success, and leaves its results
 * untouched on failure.  The reason goes, as one line for a person, into a struct pn_error that the
 * caller owns; a NULL pointer in its place is allowed.  No function prints, ends the process or
 * changes the locale.
 *
 * Handles (pn_model, pn_counts, ...) are made by one function and freed by another; freeing NULL
 * does nothing.  Text that a function returns belongs to the handle it was asked of and lives as
 * long.  Threads may use different handles at the same time, and one handle at the same time
 * through functions that take it const.
 *
 * Layers and their neurons: layers count from 1 to pn_*_layers(), as in the commands and their
 * files; neurons of a layer from 0.
 */
#ifndef PROPNEU_STATUS_H
#define PROPNEU_STATUS_H

#define PN_VERSION_MAJOR 0
#define PN_VERSION_MINOR 1
#define PN_VERSION_PATCH 0
#define PN_VERSION       "0.1.0"

#if defined(__GNUC__)
#define PN_API __attribute__((visibility("default")))
#else
#define PN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum pn_status {
    PN_OK = 0,
    PN_USAGE,       /* an argument is malformed or contradicts another */
    PN_IO,          /* the operating system refused: missing file, disk full, ... */
    PN_FORMAT,      /* the bytes of a file are not what its format says */
    PN_UNSUPPORTED, /* well-formed, but nothing that propneu can compute with */
    PN_MISMATCH,    /* two inputs do not belong together */
    PN_NOTFOUND,    /* a name that is not there */
    PN_NOMEM,       /* out of memory */
    PN_CANCELLED    /* stopped by the caller's callback */
};

struct pn_error {
    enum pn_status code;
    /* One line of UTF-8 without control bytes and without a full stop; names the file and the place
     * in it. */
    char message[512];
};

/* The version of the library that is linked, "0.1.0"; PN_VERSION is that of the headers. */
PN_API const char *pn_version(void);

/* A word for STATUS: "ok", "usage", "io", "format", ..., "cancelled"; "unknown" for other values.
 */
PN_API const char *pn_status_name(enum pn_status status);

/* Frees memory that a function of the library returned to be freed; NULL does nothing. */
PN_API void pn_free(void *memory);

#ifdef __cplusplus
}
#endif

#endif
