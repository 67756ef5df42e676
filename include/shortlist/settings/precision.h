// How exactly models compute.
#pragma once

#include "shortlist/settings/field.h"

namespace shortlist {

// What matrix products of a training step read of their factors; sums, and all that is stored, are float32 in every
// case. kFloat32: all of them. kTensorFloat32: at least 10 bits of the mantissa. kBfloat16: 7 bits, rounded beforehand.
// CPUs without matrix tiles read all.
enum class Precision { kFloat32, kTensorFloat32, kBfloat16 };
template <>
struct EnumNames<Precision> {
  static constexpr std::array<std::string_view, 3> kNames = {"fp32", "tf32", "bf16"};
};

}  // namespace shortlist
