/*
 * kernels_impl.h - the kernels of one build, under their own names (see simd.h).
 */
#ifndef PROPNEU_MODEL_KERNELS_KERNELS_IMPL_H
#define PROPNEU_MODEL_KERNELS_KERNELS_IMPL_H

#include <stdbool.h>

#include "model/kernels/simd.h"

void KERNEL(gemm)(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed,
                  float *c, size_t ldc, const float *bias, bool add);
void KERNEL(gemm_turned)(size_t m, size_t n, size_t k, const float *a, size_t lda,
                         const float *packed, float *c, size_t ldc, bool add, float *work);
void KERNEL(pack_transposed)(size_t n, size_t k, const float *w, size_t ldw, float *packed);
void KERNEL(pack)(size_t n, size_t k, const float *b, size_t ldb, float *packed);
bool KERNEL(gelu)(float *x, size_t n);
bool KERNEL(gate)(float *x, size_t n, float linear, float cubic);
bool KERNEL(relu)(float *x, size_t n);
bool KERNEL(tanh)(float *x, size_t n);
void KERNEL(softmax)(float *x, size_t rows, size_t n, size_t ld, float scale, float *largest,
                     float *sum, float *factor);
void KERNEL(scale_rows)(float *x, size_t rows, size_t n, size_t ld, const float *scale);
void KERNEL(layer_norm)(float *out, const float *x, size_t rows, size_t n, const float *gain,
                        const float *bias, float epsilon);
void KERNEL(gelu_back)(float *dx, const float *x, size_t n);
void KERNEL(softmax_back)(float *dp, const float *p, size_t rows, size_t n, float scale);
void KERNEL(layer_norm_back)(float *dx, const float *x, size_t rows, size_t n, const float *mean,
                             const float *inverse, const float *gain, float *dgain, float *dbias);
void KERNEL(add)(float *x, const float *y, size_t n);
void KERNEL(add_scaled)(float *x, const float *y, float scale, size_t n);
void KERNEL(fourier)(float *re, float *im, const float *roots);
void KERNEL(fourier_back)(float *re, float *im, const float *roots);
void KERNEL(fourier_mix)(size_t series, size_t channels, const float *filters, const float *x,
                         float *y);
void KERNEL(toom_in)(size_t groups, size_t n, float *x, size_t ld, float *last, size_t ld_last);
void KERNEL(toom_out)(size_t groups, size_t n, float *y, size_t ld, const float *bias);
size_t KERNEL(candidates)(const float *row, size_t width, size_t tau, uint32_t *index,
                          uint32_t *key);
uint32_t KERNEL(threshold)(const uint32_t *key, size_t n, size_t tau);

#endif
