// Device arrays between guard bands: a write outside the array is found, and a value read outside it is NaN or
// negative. Programs that see the single accesses of operations report any of a band.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "base/bags.h"
#include "tensor/backend.h"

namespace shortlist::conformance {

// Operations may not touch these bytes of device memory from now on, or may again. Each program links one definition:
// unwatched_memory.cc, which does nothing, or that of the simulated machine.
void Forbid(const void* memory, std::size_t bytes);
void Permit(const void* memory, std::size_t bytes);

template <class T>
class Guarded {
 public:
  // Holds `values` on the device.
  Guarded(tensor::Backend& backend, std::span<const T> values)
      : backend_(backend), size_(values.size()), buffer_(backend.Allocate(TotalBytes())) {
    std::vector<T> all = Pattern();
    std::copy(values.begin(), values.end(), all.begin() + kGuard);
    backend_.Upload(all.data(), buffer_.As<T>(), TotalBytes());
    OfBands(Forbid);
  }
  Guarded(tensor::Backend& backend, const std::vector<T>& values) : Guarded(backend, std::span<const T>(values)) {}
  // Holds `count` values that an operation must not read: all NaN or negative.
  Guarded(tensor::Backend& backend, std::int64_t count)
      : backend_(backend), size_(static_cast<std::size_t>(count)), buffer_(backend.Allocate(TotalBytes())) {
    backend_.Upload(Pattern().data(), buffer_.As<T>(), TotalBytes());
    OfBands(Forbid);
  }
  ~Guarded() { Values(); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  T* data() { return buffer_.template As<T>() + kGuard; }

  // Waits for the device; fails the test if a guard band has changed.
  std::vector<T> Values() const {
    backend_.Synchronize();
    std::vector<T> all(size_ + 2 * kGuard);
    OfBands(Permit);
    backend_.Download(buffer_.template As<T>(), all.data(), TotalBytes());
    OfBands(Forbid);
    EXPECT_TRUE(IsPoison(all.data())) << "written before an array";
    EXPECT_TRUE(IsPoison(&all[kGuard + size_])) << "written behind an array of " << size_;
    return {all.begin() + kGuard, all.begin() + static_cast<std::ptrdiff_t>(kGuard + size_)};
  }

 private:
  static constexpr std::size_t kGuard = 64;

  // A NaN whose payload is this array's own, so that a NaN computed from another array's band does not pass for it.
  T Poison() const {
    const auto place = reinterpret_cast<std::uintptr_t>(buffer_.template As<T>()) / kGuard;
    std::uint32_t bits[2];
    bits[0] = bits[1] = 0xFFC00000U | (static_cast<std::uint32_t>(place) & 0x3FFFFFU);
    T value;
    std::memcpy(&value, bits, sizeof(T));
    return value;
  }
  bool IsPoison(const T* guard) const {
    const std::vector<T> pattern(kGuard, Poison());
    const auto expected = std::as_bytes(std::span(pattern));
    return std::equal(expected.begin(), expected.end(), std::as_bytes(std::span(guard, kGuard)).begin());
  }
  void OfBands(void (*act)(const void* memory, std::size_t bytes)) const {
    const T* const first = buffer_.template As<T>();
    act(first, kGuard * sizeof(T));
    act(first + kGuard + size_, kGuard * sizeof(T));
  }
  std::size_t TotalBytes() const { return (size_ + 2 * kGuard) * sizeof(T); }
  std::vector<T> Pattern() const { return std::vector<T>(size_ + 2 * kGuard, Poison()); }

  tensor::Backend& backend_;
  std::size_t size_;
  tensor::Buffer buffer_;
};

// Bags on the device.
class GuardedBags {
 public:
  GuardedBags(tensor::Backend& backend, const base::Bags& bags)
      : rows_(bags.rows()),
        count_(static_cast<std::int64_t>(bags.ids.size())),
        ids_(backend, bags.ids),
        weights_(backend, bags.weights),
        offsets_(backend, bags.offsets) {}

  tensor::BagsView view() { return {ids_.data(), weights_.data(), offsets_.data(), rows_, count_}; }

 private:
  std::int64_t rows_;
  std::int64_t count_;
  Guarded<std::int32_t> ids_;
  Guarded<float> weights_;
  Guarded<std::int64_t> offsets_;
};

}  // namespace shortlist::conformance
