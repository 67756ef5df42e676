#include "cuda/linear.h"

#include "cuda/column_sums.h"
#include "cuda/elementwise.h"
#include "cuda/gemm.h"

namespace shortlist::cuda {
namespace {

using tensor::Activation;
using tensor::ConstMatrix;
using tensor::Matrix;
using tensor::Write;

// d loss / d (input * weight + bias): out_gradient itself, or written to `scratch`.
ConstMatrix PreActivationGradient(Queue& queue, ConstMatrix out, Activation activation, ConstMatrix out_gradient,
                                  Matrix scratch) {
  if (activation == Activation::kNone) return out_gradient;
  KeepWherePositive(queue, out.data, out_gradient.data, scratch.data, out.size());
  return scratch;
}

}  // namespace

void Linear(Queue& queue, ConstMatrix input, ConstMatrix weight, const float* bias, Activation activation, Matrix out) {
  Gemm(queue, {input}, {weight}, {.out = out, .bias = bias, .activation = activation});
}

void LinearBackward(Queue& queue, ConstMatrix input, ConstMatrix weight, ConstMatrix out, Activation activation,
                    ConstMatrix out_gradient, Matrix scratch, Matrix input_gradient, Write write,
                    Matrix weight_gradient, float* bias_gradient) {
  const ConstMatrix slope = PreActivationGradient(queue, out, activation, out_gradient, scratch);
  Gemm(queue, {input, Orientation::kTransposed}, {slope}, {.out = weight_gradient, .write = Write::kAdd});
  if (bias_gradient != nullptr) AddColumnSums(queue, slope, bias_gradient);
  if (input_gradient.data == nullptr) return;
  Gemm(queue, {slope}, {weight, Orientation::kTransposed}, {.out = input_gradient, .write = write});
}

}  // namespace shortlist::cuda
