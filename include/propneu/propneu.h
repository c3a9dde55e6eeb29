/*
 * propneu/propneu.h - the whole interface of libpropneu; each header can also be included alone.
 */
#ifndef PROPNEU_PROPNEU_H
#define PROPNEU_PROPNEU_H

#include <propneu/analysis.h>
#include <propneu/corpus.h>
#include <propneu/count.h>
#include <propneu/countfile.h>
#include <propneu/edit.h>
#include <propneu/eval.h>
#include <propneu/experiment.h>
#include <propneu/model.h>
#include <propneu/report.h>
#include <propneu/sets.h>
#include <propneu/status.h>

#endif
