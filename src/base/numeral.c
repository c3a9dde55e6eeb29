/*
 * Reading and writing numbers as people do.  Written numbers are read back as the same double: that
 * is what makes the text of a request stable.
 */
#include "config.h"

#include "base/numeral.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

bool numeral_real(const char *text, double low, double high, double *out)
{
    char *end;
    /* strtod would take blanks, hexadecimal and "inf" as well. */
    if (text[strspn(text, "0123456789.+-eE")])
        return false;
    double v = strtod(text, &end);
    if (end == text || *end || !(v >= low && v <= high))
        return false;
    *out = v;
    return true;
}

bool numeral_unsigned(const char *text, unsigned long low, unsigned long high, unsigned long *out)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    unsigned long v = strtoul(text, &end, 10);
    if (*end || v < low || v > high)
        return false;
    *out = v;
    return true;
}

void numeral_text(double v, double scale, char text[NUMERAL_MAX])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, NUMERAL_MAX, "%s", number_short(v * scale, digits).text);
        if (strtod(text, NULL) / scale == v)
            return;
    }
}
