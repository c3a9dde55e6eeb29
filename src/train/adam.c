/*
 * Adam, parameter by parameter.
 */
#include "config.h"

#include "train/adam.h"

#include <math.h>

double adam_norm(const struct adam_parameter *p, size_t n)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < p[i].count; j++)
            square += (double)p[i].gradient[j] * (double)p[i].gradient[j];
    return sqrt(square);
}

bool adam_step(struct adam *a, const struct adam_parameter *p, size_t n, double rate, double clip,
               double norm)
{
    if (!isfinite(norm))
        return false;
    double scale = clip > 0 ? fmin(1, clip / (norm + 1e-6)) : 1;
    a->step++;
    const float first = (float)(rate / (1 - pow(a->beta1, (double)a->step)));
    const float second = (float)(1 / sqrt(1 - pow(a->beta2, (double)a->step)));
    const float beta1 = (float)a->beta1, beta2 = (float)a->beta2, by = (float)scale;
    const float epsilon = (float)a->epsilon, keep = (float)(1 - rate * a->decay);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < p[i].count; j++) {
            float g = p[i].gradient[j] * by;
            float mean = p[i].mean[j] * beta1 + g * (1 - beta1);
            float square = p[i].square[j] * beta2 + g * g * (1 - beta2);
            p[i].mean[j] = mean;
            p[i].square[j] = square;
            p[i].weight[j] =
                p[i].weight[j] * keep - first * mean / (sqrtf(square) * second + epsilon);
        }
    return true;
}
