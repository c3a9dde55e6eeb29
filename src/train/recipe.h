/*
 * recipe.h - settings of training by a name: those under which the paper's MelHuBERT was trained,
 * pruned and fine-tuned.
 */
#ifndef PROPNEU_TRAIN_RECIPE_H
#define PROPNEU_TRAIN_RECIPE_H

#include <stddef.h>
#include <stdint.h>

/* RECIPE(name, recordings in a step, seconds of each, learning rate, clip, steps; 0: not said) */
#define RECIPES(RECIPE)                      \
    RECIPE(pretrain, 32, 15, 1e-4, 10, 0)    \
    RECIPE(retrain, 4, 15, 1e-5, 10, 510000) \
    RECIPE(finetune, 32, 15, 1e-4, 1, 0)

struct recipe {
    const char *name;
    uint32_t batch;
    double crop, rate, clip;
    uint64_t steps;
};

/* The recipe called NAME, or NULL. */
const struct recipe *recipe_find(const char *name);

/* "|pretrain|retrain..." for lists of values. */
#define RECIPE_WORD(name, batch, crop, rate, clip, steps) "|" #name

#endif
