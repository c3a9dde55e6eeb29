/*
 * The functions between the matrices, by the names that configurations have for them.  Those that
 * models are trained with are vector kernels; the others go value by value, which costs more than
 * it does in the software that they are of, and nobody has waited for yet.
 */
#include "config.h"

#include "model/activation.h"

#include <math.h>
#include <string.h>

/* Twice sqrt(2 / pi): 1 + tanh(y) is 2 sigmoid(2 y). */
#define GELU_TANH_LINEAR 1.5957691216f
#define GELU_TANH_CUBIC  (0.044715f * GELU_TANH_LINEAR)
#define QUICK_GELU       1.702f

/* transformers' names (ACT2FN) and fairseq's (get_activation_fn); those of PReLU and xIELU, which
 * have weights, are missing. */
static const struct {
    const char *name;
    enum activation f;
} activation_names[] = {
    {"gelu", ACTIVATION_GELU},
    {"gelu_python", ACTIVATION_GELU},
    {"gelu_new", ACTIVATION_GELU_TANH},
    {"gelu_fast", ACTIVATION_GELU_TANH},
    {"gelu_accurate", ACTIVATION_GELU_TANH},
    {"gelu_pytorch_tanh", ACTIVATION_GELU_TANH},
    {"gelu_python_tanh", ACTIVATION_GELU_TANH},
    {"quick_gelu", ACTIVATION_QUICK_GELU},
    {"silu", ACTIVATION_SILU},
    {"swish", ACTIVATION_SILU},
    {"relu", ACTIVATION_RELU},
    {"tanh", ACTIVATION_TANH},
    {"gelu_10", ACTIVATION_GELU_10},
    {"hardswish", ACTIVATION_HARDSWISH},
    {"laplace", ACTIVATION_LAPLACE},
    {"leaky_relu", ACTIVATION_LEAKY_RELU},
    {"linear", ACTIVATION_LINEAR},
    {"mish", ACTIVATION_MISH},
    {"relu2", ACTIVATION_RELU2},
    {"relu_squared", ACTIVATION_RELU2},
    {"relu6", ACTIVATION_RELU6},
    {"sigmoid", ACTIVATION_SIGMOID},
    {"sqrtsoftplus", ACTIVATION_SQRT_SOFTPLUS},
};

bool activation_parse(const char *name, enum activation *out)
{
    for (size_t i = 0; i < sizeof activation_names / sizeof *activation_names; i++)
        if (strcmp(name, activation_names[i].name) == 0) {
            *out = activation_names[i].f;
            return true;
        }
    return false;
}

/* log(1 + exp(x)) without overflow. */
static double activation_softplus(double x)
{
    return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
}

/* The functions without a kernel. */
static double activation_one(enum activation f, double x)
{
    switch (f) {
    case ACTIVATION_GELU_10: return fmin(fmax(0.5 * x * (1 + erf(x * M_SQRT1_2)), -10), 10);
    case ACTIVATION_HARDSWISH: return x * fmin(fmax(x + 3, 0), 6) / 6;
    case ACTIVATION_LAPLACE: return 0.5 * (1 + erf((x - 0.707107) / (0.282095 * M_SQRT2)));
    case ACTIVATION_LEAKY_RELU: return x > 0 ? x : 0.01 * x;
    case ACTIVATION_MISH: return x * tanh(activation_softplus(x));
    case ACTIVATION_RELU2: return x > 0 ? x * x : 0;
    case ACTIVATION_RELU6: return fmin(fmax(x, 0), 6);
    case ACTIVATION_SIGMOID: return 1 / (1 + exp(-x));
    case ACTIVATION_SQRT_SOFTPLUS: return sqrt(activation_softplus(x));
    default: return x;
    }
}

bool activation_run(const struct kernels *kn, enum activation f, float *x, size_t n)
{
    bool finite = true;
    switch (f) {
    case ACTIVATION_GELU: return kn->gelu(x, n);
    case ACTIVATION_GELU_TANH: return kn->gate(x, n, GELU_TANH_LINEAR, GELU_TANH_CUBIC);
    case ACTIVATION_QUICK_GELU: return kn->gate(x, n, QUICK_GELU, 0);
    case ACTIVATION_SILU: return kn->gate(x, n, 1, 0);
    case ACTIVATION_RELU: return kn->relu(x, n);
    case ACTIVATION_TANH: return kn->tanh(x, n);
    default: break;
    }
    for (size_t i = 0; i < n; i++) {
        finite &= isfinite(x[i]) != 0;
        x[i] = (float)activation_one(f, (double)x[i]);
    }
    return finite;
}
