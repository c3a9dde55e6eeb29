/* The library's version and its status codes, which are those of base/status.h under other names.
 */
#include "config.h"

#include "base/status.h"
#include <propneu/status.h>

_Static_assert((int)PN_CANCELLED == (int)STATUS_CANCELLED, "the codes are the same numbers");
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
