/*
 * mean_activations.h - what neurons are on average, for erase --mean.
 */
#ifndef PROPNEU_CLI_COMMANDS_MEAN_ACTIVATIONS_H
#define PROPNEU_CLI_COMMANDS_MEAN_ACTIVATIONS_H

#include "cli/cli.h"
#include "model/model.h"

/*
 * Writes a safetensors file OUTPUT of F32 tensors mean.N [width], N from 1: each neuron's mean
 * activation over all frames of the recordings in PATH [paths], which are recordings, folders or
 * lists (recordings.h).  Summed in double, one recording after the other.
 */
enum status mean_activations_write(struct model *m, char *const *path, size_t paths,
                                   const char *output, const struct cli *cli, struct err *err);

#endif
