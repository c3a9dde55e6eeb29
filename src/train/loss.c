/*
 * Losses of one row at a time.
 */
#include "config.h"

#include "train/loss.h"

#include <math.h>
#include <stdbool.h>

double loss_cross_entropy(float *logits, size_t rows, size_t classes, const int32_t *label,
                          double scale, size_t *correct)
{
    double loss = 0;
    for (size_t r = 0; r < rows; r++, logits += classes) {
        size_t best = 0;
        double sum = 0;
        for (size_t c = 1; c < classes; c++)
            best = logits[c] > logits[best] ? c : best;
        double largest = (double)logits[best];
        for (size_t c = 0; c < classes; c++)
            sum += exp((double)logits[c] - largest);
        bool counts = label[r] >= 0;
        size_t right = counts ? (size_t)label[r] : 0;
        if (counts)
            loss += log(sum) + largest - (double)logits[right];
        if (counts && correct)
            *correct += best == right;
        for (size_t c = 0; c < classes; c++) {
            double p = exp((double)logits[c] - largest) / sum;
            logits[c] = counts ? (float)(scale * (p - (c == right))) : 0;
        }
    }
    return loss;
}

double loss_squared(float *x, size_t rows, const double *target, double scale)
{
    double loss = 0;
    for (size_t r = 0; r < rows; r++) {
        double off = (double)x[r] - target[r];
        bool counts = isfinite(target[r]);
        loss += counts ? off * off : 0;
        x[r] = counts ? (float)(scale * 2 * off) : 0;
    }
    return loss;
}
