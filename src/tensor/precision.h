// How exactly a backend multiplies matrices. Sums are float32 in every case, and so is all that is stored.
#pragma once

namespace shortlist::tensor {

// kFloat32: factors as they are. kTensorFloat32: factors keep 10 bits of their mantissa. kBfloat16: factors are rounded
// to bfloat16, with 7 bits. The CPU backend always multiplies in float32.
enum class Precision { kFloat32, kTensorFloat32, kBfloat16 };

}  // namespace shortlist::tensor
