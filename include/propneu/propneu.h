/*
 * propneu/propneu.h - the whole interface of libpropneu; each header can also be included alone.
 */
#ifndef PROPNEU_PROPNEU_H
#define PROPNEU_PROPNEU_H

#include <propneu/status.h>

#endif
