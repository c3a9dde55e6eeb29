/*
 * sha256.h - the SHA-256 digest (FIPS 180-4), so that a file can be told from others as sha256sum
 * does.
 */
#ifndef PROPNEU_BASE_SHA256_H
#define PROPNEU_BASE_SHA256_H

#include <stddef.h>

/* The digest of SIZE bytes as 64 hexadecimal digits and a NUL. */
void sha256_hex(const void *bytes, size_t size, char hex[65]);

#endif
