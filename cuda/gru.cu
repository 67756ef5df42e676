// A gated recurrent unit along sequences that stand one behind the other, and its gradients.
//
// Shapes: input_gates [rows, 3 D], recurrent_weight [D, 3 D], out [rows, D], gates [rows, 4 D], offsets [sequences +
// 1]. Mapping: one block per kSequences sequences, which take their steps together and share each weight that is read;
// their states stand in shared memory, so that there are 8 where these fit, and one where D is large. Forward, a thread
// forms the products of one unit with the states; backward, a warp forms the gradient of one unit of the states before.
// The gradient of the weight is one matrix product over all rows, of the states before each row and the gradients of
// the products, both left in scratch memory. Deterministic: all sums are in an order of the shapes only.
#include "cuda/block_reduce.h"
#include "cuda/gemm.h"
#include "cuda/gru.h"
#include "cuda/launch.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 128;
constexpr int kWarps = kThreads / kWarpSize;
constexpr int kManySequences = 8;
constexpr std::int64_t kMostSharedBytes = std::int64_t{48} << 10;  // of a block that asks for no more
constexpr std::int64_t kForwardArrays = 2;                         // of kSequences * D values in shared memory
constexpr std::int64_t kBackwardArrays = 4;

}  // namespace

template <int kSequences>
struct GruSequences {
  const std::int64_t* offsets;
  std::int64_t sequences;

  // Of the block's s-th sequence; empty behind the last.
  __device__ std::int64_t Begin(int s) const { return offsets[min(First() + s, sequences)]; }
  __device__ std::int64_t Length(int s) const { return offsets[min(First() + s + 1, sequences)] - Begin(s); }
  __device__ std::int64_t Longest() const {
    std::int64_t longest = 0;
    for (int s = 0; s < kSequences; ++s) longest = max(longest, Length(s));
    return longest;
  }

 private:
  __device__ static std::int64_t First() { return std::int64_t{blockIdx.x} * kSequences; }
};

__device__ inline float Sigmoid(float x) {
  return 1 / (1 + expf(-x));
}

__device__ inline float HyperbolicTangent(float x) {
  return 1 - 2 / (expf(2 * x) + 1);
}

// The products of one unit with the states of a block's sequences.
template <int kSequences>
struct UnitProducts {
  float reset[kSequences] = {};
  float update[kSequences] = {};
  float candidate[kSequences] = {};

  __device__ void Add(const float* weight, const float* states, std::int64_t width, std::int64_t unit) {
    for (std::int64_t k = 0; k < width; ++k) {
      const float* row = weight + k * 3 * width + unit;
      const float of_reset = row[0];
      const float of_update = row[width];
      const float of_candidate = row[2 * width];
#pragma unroll
      for (int s = 0; s < kSequences; ++s) {
        const float state = states[s * width + k];
        reset[s] += state * of_reset;
        update[s] += state * of_update;
        candidate[s] += state * of_candidate;
      }
    }
  }
};

// Dynamic shared memory: the states before and after a step, [2, kSequences, width].
template <int kSequences>
__global__ void __launch_bounds__(kThreads)
    GruKernel(GruSequences<kSequences> sequences, const float* __restrict__ input_gates,
              const float* __restrict__ weight, std::int64_t width, float* __restrict__ out,
              float* __restrict__ gates) {
  SHORTLIST_DYNAMIC_SHARED(float, memory);
  float* states = memory;
  float* next = memory + kSequences * width;
  for (std::int64_t i = threadIdx.x; i < 2 * kSequences * width; i += kThreads) memory[i] = 0;
  __syncthreads();
  const std::int64_t longest = sequences.Longest();
  for (std::int64_t step = 0; step < longest; ++step) {
    for (std::int64_t unit = threadIdx.x; unit < width; unit += kThreads) {
      UnitProducts<kSequences> products;
      if (step > 0) products.Add(weight, states, width, unit);
#pragma unroll
      for (int s = 0; s < kSequences; ++s) {
        if (step >= sequences.Length(s)) continue;
        const std::int64_t row = sequences.Begin(s) + step;
        const float* own = input_gates + row * 3 * width + unit;
        const float reset = Sigmoid(own[0] + products.reset[s]);
        const float update = Sigmoid(own[width] + products.update[s]);
        const float candidate = HyperbolicTangent(own[2 * width] + reset * products.candidate[s]);
        const float state = (1 - update) * candidate + update * states[s * width + unit];
        next[s * width + unit] = state;
        out[row * width + unit] = state;
        float* of_row = gates + row * 4 * width + unit;
        of_row[0] = reset;
        of_row[width] = update;
        of_row[2 * width] = candidate;
        of_row[3 * width] = products.candidate[s];
      }
    }
    __syncthreads();
    float* const before = states;
    states = next;
    next = before;
  }
}

// The arrays of the backward pass.
struct GruGradientArrays {
  const float* weight;
  const float* out;
  const float* gates;
  const float* out_gradient;
  float* input_gate_gradient;  // [rows, 3 D]
  float* product_gradient;     // [rows, 3 D]
  float* states;               // [rows, D], before each row
};

// What one row's gates pass on, for one unit: writes the gradients of own gates and of products, the latter also to
// `products` [3, width], and returns what goes to the state before directly.
__device__ inline float GateGradients(const GruGradientArrays& arrays, std::int64_t row, bool first, float gradient,
                                      std::int64_t width, std::int64_t unit, float* products) {
  const float* gates = arrays.gates + row * 4 * width + unit;
  const float reset = gates[0];
  const float update = gates[width];
  const float candidate = gates[2 * width];
  const float state = first ? 0.0F : arrays.out[(row - 1) * width + unit];
  const float of_update = gradient * (state - candidate) * update * (1 - update);
  const float of_candidate = gradient * (1 - update) * (1 - candidate * candidate);
  const float of_reset = of_candidate * gates[3 * width] * reset * (1 - reset);
  float* own = arrays.input_gate_gradient + row * 3 * width + unit;
  own[0] = of_reset;
  own[width] = of_update;
  own[2 * width] = of_candidate;
  float* product = arrays.product_gradient + row * 3 * width + unit;
  product[0] = products[unit] = of_reset;
  product[width] = products[width + unit] = of_update;
  product[2 * width] = products[2 * width + unit] = of_candidate * reset;
  arrays.states[row * width + unit] = state;
  return gradient * update;
}

// Adds to `carried` [kSequences, width] what passes through the products [kSequences, 3 * width], one unit per warp.
template <int kSequences>
__device__ void AddThroughProducts(const float* weight, const float* products, std::int64_t width, float* carried) {
  const int lane = threadIdx.x % kWarpSize;
  for (std::int64_t unit = threadIdx.x / kWarpSize; unit < width; unit += kWarps) {
    float sums[kSequences] = {};
    for (std::int64_t c = lane; c < 3 * width; c += kWarpSize) {
      const float of_product = weight[unit * 3 * width + c];
#pragma unroll
      for (int s = 0; s < kSequences; ++s) sums[s] += of_product * products[s * 3 * width + c];
    }
#pragma unroll
    for (int s = 0; s < kSequences; ++s) {
      const float sum = WarpSum(sums[s]);
      if (lane == 0) carried[s * width + unit] += sum;
    }
  }
}

// Dynamic shared memory: the gradients of states [kSequences, width] and of products [kSequences, 3 * width].
template <int kSequences>
__global__ void __launch_bounds__(kThreads)
    GruBackwardKernel(GruSequences<kSequences> sequences, GruGradientArrays arrays, std::int64_t width) {
  SHORTLIST_DYNAMIC_SHARED(float, memory);
  float* carried = memory;
  float* products = memory + kSequences * width;
  for (std::int64_t i = threadIdx.x; i < 4 * kSequences * width; i += kThreads) memory[i] = 0;
  __syncthreads();
  for (std::int64_t step = sequences.Longest(); step-- > 0;) {
    for (int s = 0; s < kSequences; ++s) {
      if (step >= sequences.Length(s)) continue;
      const std::int64_t row = sequences.Begin(s) + step;
      for (std::int64_t unit = threadIdx.x; unit < width; unit += kThreads) {
        const float gradient = carried[s * width + unit] + arrays.out_gradient[row * width + unit];
        carried[s * width + unit] =
            GateGradients(arrays, row, step == 0, gradient, width, unit, products + s * 3 * width);
      }
    }
    __syncthreads();
    if (step == 0) return;
    AddThroughProducts<kSequences>(arrays.weight, products, width, carried);
    __syncthreads();
  }
}

namespace {

// Of a block that keeps `arrays` values of each unit for each of its sequences.
std::int64_t SharedBytes(std::int64_t arrays, std::int64_t sequences, std::int64_t width) {
  return arrays * sequences * width * static_cast<std::int64_t>(sizeof(float));
}

// The same for both passes, so that a width that can be served can be trained.
bool ManyFit(std::int64_t width) {
  return SharedBytes(kBackwardArrays, kManySequences, width) <= kMostSharedBytes;
}

void RequireWidth(const char* operation, std::int64_t width) {
  constexpr std::int64_t kMost = kMostSharedBytes / (kBackwardArrays * static_cast<std::int64_t>(sizeof(float)));
  if (width <= kMost) return;
  throw Error(Code::kInvalidArgument,
              std::string(operation) + ": states of width " + std::to_string(width) +
                  " do not fit the shared memory of a block; use a model.dimension of at most " +
                  std::to_string(kMost));
}

template <int kSequences, class... Arguments>
void LaunchOver(const char* operation, Queue& queue, tensor::SequencesView sequences, std::int64_t arrays,
                std::int64_t width, void (*kernel)(GruSequences<kSequences>, Arguments...), Arguments... arguments) {
  const auto shared_bytes = static_cast<std::size_t>(SharedBytes(arrays, kSequences, width));
  Launch(operation, {BlocksFor(sequences.sequences, kSequences), kThreads, shared_bytes}, queue.stream(), kernel,
         GruSequences<kSequences>{sequences.offsets, sequences.sequences}, arguments...);
}

}  // namespace

void Gru(Queue& queue, tensor::ConstMatrix input_gates, tensor::SequencesView sequences,
         tensor::ConstMatrix recurrent_weight, tensor::Matrix out, tensor::Matrix gates) {
  RequireWidth("Gru", out.columns);
  const auto launch = [&](auto* kernel) {
    LaunchOver("Gru", queue, sequences, kForwardArrays, out.columns, kernel, input_gates.data, recurrent_weight.data,
               out.columns, out.data, gates.data);
  };
  if (ManyFit(out.columns)) {
    launch(GruKernel<kManySequences>);
  } else {
    launch(GruKernel<1>);
  }
}

void GruBackward(Queue& queue, tensor::SequencesView sequences, tensor::ConstMatrix recurrent_weight,
                 tensor::ConstMatrix out, tensor::ConstMatrix gates, tensor::ConstMatrix out_gradient,
                 tensor::Matrix scratch, tensor::Matrix input_gate_gradient, tensor::Matrix recurrent_weight_gradient) {
  const std::int64_t width = out.columns;
  RequireWidth("GruBackward", width);
  const tensor::Matrix product_gradient = {scratch.data, sequences.rows, 3 * width};
  const tensor::Matrix states = {scratch.data + product_gradient.size(), sequences.rows, width};
  const GruGradientArrays arrays = {
      recurrent_weight.data, out.data,   gates.data, out_gradient.data, input_gate_gradient.data,
      product_gradient.data, states.data};
  const auto launch = [&](auto* kernel) {
    LaunchOver("GruBackward", queue, sequences, kBackwardArrays, width, kernel, arrays, width);
  };
  if (ManyFit(width)) {
    launch(GruBackwardKernel<kManySequences>);
  } else {
    launch(GruBackwardKernel<1>);
  }
  if (sequences.rows == 0) return;
  Gemm(queue, {states, Orientation::kTransposed}, {product_gradient},
       {.out = recurrent_weight_gradient, .write = tensor::Write::kAdd});
}

}  // namespace shortlist::cuda
