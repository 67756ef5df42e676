// The CUDA backend on the simulated machine, in every order of threads and blocks, with eager and lazy streams.
#include "conformance/backends.h"
#include "cuda/cuda_backend.h"
#include "simt/runtime/machine.h"

namespace shortlist::conformance {
namespace {

struct NamedOrder {
  const char* name;
  simt::Order order;
  std::uint64_t seed;
};
constexpr NamedOrder kOrders[] = {{"forward", simt::Order::kForward, 0},
                                  {"reverse", simt::Order::kReverse, 0},
                                  {"random_1", simt::Order::kRandom, 1},
                                  {"random_2", simt::Order::kRandom, 2},
                                  {"random_3", simt::Order::kRandom, 3}};

BackendRow Row(const NamedOrder& order, simt::StreamMode streams) {
  const char* mode = streams == simt::StreamMode::kEager ? "_eager" : "_lazy";
  return {std::string("cuda_") + order.name + mode, [order, streams] {
            simt::TheMachine().set_schedule({order.order, order.seed, streams});
            return cuda::MakeCudaBackend(0, Precision::kFloat32);
          }};
}

}  // namespace

std::vector<BackendRow> Backends() {
  std::vector<BackendRow> rows;
  for (const NamedOrder& order : kOrders) {
    rows.push_back(Row(order, simt::StreamMode::kEager));
    rows.push_back(Row(order, simt::StreamMode::kLazy));
  }
  return rows;
}

}  // namespace shortlist::conformance
