/*
 * Derivatives of the functions between the matrices.  GELU has a kernel; the others go value by
 * value, as most of them do forward.  Where a function has a corner, the derivative is that of the
 * side that holds the corner in torch.
 */
#include "config.h"

#include "model/backward/activation_back.h"

#include <math.h>

static double slope_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* Of x sigmoid(z), z = linear x + cubic x^3. */
static double slope_gate(double x, double linear, double cubic)
{
    double s = slope_sigmoid(x * (linear + cubic * x * x));
    return s + x * s * (1 - s) * (linear + 3 * cubic * x * x);
}

static double slope_softplus(double x)
{
    return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
}

/* Of x Phi(x). */
static double slope_gelu(double x)
{
    return 0.5 * (1 + erf(x * M_SQRT1_2)) + x * exp(-0.5 * x * x) * 0.3989422804014327;
}

static double slope_mish(double x)
{
    double t = tanh(slope_softplus(x));
    return t + x * (1 - t * t) * slope_sigmoid(x);
}

static double slope_hardswish(double x)
{
    return x <= -3 ? 0 : x < 3 ? (2 * x + 3) / 6 : 1;
}

static double slope_laplace(double x)
{
    double z = (x - 0.707107) / 0.282095;
    return exp(-0.5 * z * z) * 0.3989422804014327 / 0.282095;
}

/* f'(x) */
static double slope_of(enum activation f, double x)
{
    const double tanh_linear = 1.5957691216, quick = 1.702;
    double s, value;
    switch (f) {
    case ACTIVATION_GELU: return slope_gelu(x);
    case ACTIVATION_GELU_TANH: return slope_gate(x, tanh_linear, 0.044715 * tanh_linear);
    case ACTIVATION_QUICK_GELU: return slope_gate(x, quick, 0);
    case ACTIVATION_SILU: return slope_gate(x, 1, 0);
    case ACTIVATION_RELU: return x > 0;
    case ACTIVATION_TANH: return 1 - tanh(x) * tanh(x);
    case ACTIVATION_GELU_10:
        value = 0.5 * x * (1 + erf(x * M_SQRT1_2));
        return value > 10 ? 0 : slope_gelu(x);
    case ACTIVATION_HARDSWISH: return slope_hardswish(x);
    case ACTIVATION_LAPLACE: return slope_laplace(x);
    case ACTIVATION_LEAKY_RELU: return x > 0 ? 1 : 0.01;
    case ACTIVATION_LINEAR: return 1;
    case ACTIVATION_MISH: return slope_mish(x);
    case ACTIVATION_RELU2: return x > 0 ? 2 * x : 0;
    case ACTIVATION_RELU6: return x > 0 && x < 6;
    case ACTIVATION_SIGMOID: s = slope_sigmoid(x); return s * (1 - s);
    case ACTIVATION_SQRT_SOFTPLUS: return slope_sigmoid(x) / (2 * sqrt(slope_softplus(x)));
    }
    return 1;
}

void activation_back(const struct kernels *kn, enum activation f, float *dx, const float *x,
                     size_t n)
{
    if (f == ACTIVATION_GELU) {
        kn->gelu_back(dx, x, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        dx[i] = (float)((double)dx[i] * slope_of(f, (double)x[i]));
}
