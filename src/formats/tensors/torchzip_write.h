/*
 * torchzip_write.h - a checkpoint as a file of torch.save, for programs that read nothing else.
 *
 * The layout is the one the checkpoint came in: weights under their key as an OrderedDict, what
 * s3prl's trainer keeps in dictionaries of its own, and all of the configuration.  "Args"
 * is an argparse.Namespace again; objects of other classes are dictionaries of their attributes,
 * and the optimiser is missing (checkpoint.h).  Not for fairseq's checkpoints, whose programs need
 * objects of their own classes.  The same checkpoint gives the same bytes.
 */
#ifndef PROPNEU_FORMATS_TENSORS_TORCHZIP_WRITE_H
#define PROPNEU_FORMATS_TENSORS_TORCHZIP_WRITE_H

#include "base/cancel.h"
#include "formats/tensors/checkpoint.h"

/*
 * Writes C to PATH, a new file that is removed again where that fails; with *STOP set, gives up
 * with STATUS_CANCELLED (STOP may be NULL).
 */
enum status torchzip_write(const struct checkpoint *c, const char *path, const struct cancel *stop,
                           struct err *err);

#endif
