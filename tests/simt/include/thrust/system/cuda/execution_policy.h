// Stands for Thrust's CUDA back end, which cannot run here: the same policies, in stream order and with the given
// allocator, for the algorithms that are queued by the runtime. Any other algorithm does not compile.
#pragma once

#include <cstddef>
#include <cuda_runtime.h>
#include <thrust/execution_policy.h>
#include <type_traits>
#include <utility>

#include "simt/runtime/stable_sort.h"

namespace shortlist::simt {

template <class Allocator>
class StreamPolicy : public thrust::detail::execution_policy_base<StreamPolicy<Allocator>> {
 public:
  StreamPolicy(Allocator allocator, cudaStream_t stream) : allocator_(std::move(allocator)), stream_(stream) {}

  Allocator& allocator() { return allocator_; }
  cudaStream_t stream() const { return stream_; }

 private:
  Allocator allocator_;
  cudaStream_t stream_;
};

template <class Allocator>
class AllocatingPolicy {
 public:
  explicit AllocatingPolicy(Allocator allocator) : allocator_(std::move(allocator)) {}
  StreamPolicy<Allocator> on(cudaStream_t stream) const { return {allocator_, stream}; }

 private:
  Allocator allocator_;
};

struct NoSyncPolicy {
  template <class Allocator>
  AllocatingPolicy<Allocator> operator()(Allocator allocator) const {
    return AllocatingPolicy<Allocator>(std::move(allocator));
  }
};

// Found by Thrust for the policy. Takes as much temporary memory as a radix sort does: a second place for every pair.
template <class Allocator, class Key, class Value>
void stable_sort_by_key(StreamPolicy<Allocator>& policy, Key* keys, Key* keys_end, Value* values) {
  static_assert(std::is_integral_v<Key>, "only integers are sorted by radix");
  const std::ptrdiff_t count = keys_end - keys;
  const std::size_t bytes = static_cast<std::size_t>(count) * (sizeof(Key) + sizeof(Value));
  char* temporary = policy.allocator().allocate(static_cast<std::ptrdiff_t>(bytes));
  QueueStableSort(policy.stream(), {keys, sizeof(Key), std::is_signed_v<Key>}, {values, sizeof(Value)}, count);
  policy.allocator().deallocate(temporary, bytes);
}

}  // namespace shortlist::simt

namespace thrust::cuda {

inline constexpr shortlist::simt::NoSyncPolicy par_nosync{};

}  // namespace thrust::cuda
