#include "simt/runtime/stable_sort.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "simt/runtime/memory_checker.h"
#include "simt/runtime/submit.h"

namespace shortlist::simt {
namespace {

using Places = std::vector<std::size_t>;

template <class Key>
Places SortedPlaces(const void* data, std::size_t count) {
  const auto* keys = static_cast<const Key*>(data);
  Places places(count);
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::stable_sort(places.begin(), places.end(), [keys](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  return places;
}

Places SortedPlaces(const KeyArray& keys, std::size_t count) {
  if (keys.element_bytes == 4) {
    return keys.is_signed ? SortedPlaces<std::int32_t>(keys.data, count)
                          : SortedPlaces<std::uint32_t>(keys.data, count);
  }
  return keys.is_signed ? SortedPlaces<std::int64_t>(keys.data, count) : SortedPlaces<std::uint64_t>(keys.data, count);
}

void Arrange(void* data, std::size_t element_bytes, const Places& places) {
  auto* elements = static_cast<char*>(data);
  const std::vector<char> before(elements, elements + places.size() * element_bytes);
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::memcpy(elements + i * element_bytes, &before[places[i] * element_bytes], element_bytes);
  }
  LinkedMemoryChecker().Written(data, places.size() * element_bytes);
}

}  // namespace

void QueueStableSort(cudaStream_t stream, KeyArray keys, ValueArray values, std::int64_t count) {
  const auto size = static_cast<std::size_t>(count);
  if (!CheckDeviceRange(keys.data, size * keys.element_bytes, "the keys of a sort") ||
      !CheckDeviceRange(values.data, size * values.element_bytes, "the values of a sort")) {
    throw std::runtime_error("a sort of memory that is not on a device");
  }
  const cudaError_t status =
      Submit(stream, {OperationKind::kLibrary, nullptr, [=] {
                        if (size == 0) return;
                        LinkedMemoryChecker().Read(keys.data, size * keys.element_bytes, "sort");
                        LinkedMemoryChecker().Read(values.data, size * values.element_bytes, "sort");
                        const Places places = SortedPlaces(keys, size);
                        Arrange(keys.data, keys.element_bytes, places);
                        Arrange(values.data, values.element_bytes, places);
                      }});
  if (status != cudaSuccess) throw std::runtime_error("a sort could not be queued on its stream");
}

}  // namespace shortlist::simt
