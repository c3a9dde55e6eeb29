/*
 * activation_naive.h - the functions between the matrices by their definitions.
 */
#ifndef PROPNEU_ACTIVATION_NAIVE_H
#define PROPNEU_ACTIVATION_NAIVE_H

#include "unit.h"

#include <math.h>

static inline double activation_naive(const char *name, double x)
{
    double softplus = x > 30 ? x : log1p(exp(x));
    if (strcmp(name, "gelu") == 0 || strcmp(name, "gelu_python") == 0)
        return 0.5 * x * (1 + erf(x / sqrt(2.0)));
    if (strcmp(name, "quick_gelu") == 0)
        return x / (1 + exp(-1.702 * x));
    if (strncmp(name, "gelu_10", 7) == 0)
        return fmax(-10, fmin(10, 0.5 * x * (1 + erf(x / sqrt(2.0)))));
    if (strncmp(name, "gelu_", 5) == 0)
        return 0.5 * x * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    if (strcmp(name, "silu") == 0 || strcmp(name, "swish") == 0)
        return x / (1 + exp(-x));
    if (strcmp(name, "relu") == 0)
        return fmax(x, 0);
    if (strcmp(name, "tanh") == 0)
        return tanh(x);
    if (strcmp(name, "hardswish") == 0)
        return x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6;
    if (strcmp(name, "laplace") == 0)
        return 0.5 * (1 + erf((x - 0.707107) / (0.282095 * sqrt(2.0))));
    if (strcmp(name, "leaky_relu") == 0)
        return fmax(x, 0.01 * x);
    if (strcmp(name, "mish") == 0)
        return x * tanh(softplus);
    if (strcmp(name, "relu2") == 0)
        return fmax(x, 0) * fmax(x, 0);
    if (strcmp(name, "relu6") == 0)
        return fmin(fmax(x, 0), 6);
    if (strcmp(name, "sigmoid") == 0)
        return 1 / (1 + exp(-x));
    if (strcmp(name, "sqrtsoftplus") == 0)
        return sqrt(softplus);
    assert_string_equal(name, "linear");
    return x;
}

#endif
