/*
 * datadir.h - where the bundled data (demo, phone tables) lies.
 */
#ifndef PROPNEU_FORMATS_DATADIR_H
#define PROPNEU_FORMATS_DATADIR_H

/*
 * The folder with "demo/" and "phones/": $PROPNEU_DATA if set; the sources' data/ if the running
 * program lies in the build tree; the installed folder otherwise.  Valid until the program ends.
 */
const char *datadir(void);

#endif
