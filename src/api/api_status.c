/* The library's version and its status codes, which are those of base/status.h under other names.
 */
#include "config.h"

#include "api/api.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((int)PN_CANCELLED == (int)STATUS_CANCELLED, "the codes are the same numbers");
_Static_assert(sizeof((struct err *)0)->msg <= sizeof((struct pn_error *)0)->message,
               "messages fit");
_Static_assert(sizeof PN_VERSION == sizeof PACKAGE_VERSION, "the headers' version is configure's");

const char *pn_version(void)
{
    return PACKAGE_VERSION;
}

const char *pn_status_name(enum pn_status status)
{
    static const char *const names[] = {
        [PN_OK] = "ok",
        [PN_USAGE] = "usage",
        [PN_IO] = "io",
        [PN_FORMAT] = "format",
        [PN_UNSUPPORTED] = "unsupported",
        [PN_MISMATCH] = "mismatch",
        [PN_NOTFOUND] = "notfound",
        [PN_NOMEM] = "nomem",
        [PN_CANCELLED] = "cancelled",
    };
    return (unsigned)status < sizeof names / sizeof *names ? names[status] : "unknown";
}

void pn_free(void *memory)
{
    free(memory);
}

/* ERROR is written only on failure, so that callers may pass the same one to many calls. */
enum pn_status api_result(enum status code, const struct err *e, struct pn_error *error)
{
    if (code && error) {
        error->code = (enum pn_status)code;
        memcpy(error->message, e->msg, sizeof e->msg);
    }
    return (enum pn_status)code;
}

enum status api_layer(uint32_t layer, uint32_t layers, struct err *err)
{
    if (layer >= 1 && layer <= layers)
        return STATUS_OK;
    return err_set(err, STATUS_NOTFOUND, "no layer %u (there are: 1 to %u)", layer, layers);
}
