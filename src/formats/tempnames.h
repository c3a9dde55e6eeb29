/*
 * tempnames.h - the files and folders that this process has under temporary names, for those who
 * have to end it on the spot.
 */
#ifndef PROPNEU_FORMATS_TEMPNAMES_H
#define PROPNEU_FORMATS_TEMPNAMES_H

/* PATH is such a name from here on; without memory it is not noted. */
void tempnames_add(const char *path);

/* PATH is gone, or has become a result. */
void tempnames_drop(const char *path);

/*
 * Removes them all, a folder with the files in it.  A handler of a fault in mapped bytes may call
 * this: no thread holds a lock of the C library while it reads those.
 */
void tempnames_remove(void);

#endif
