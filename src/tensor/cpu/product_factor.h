// Products of a backend's operations, which read their factors at a precision.
#pragma once

#include <cstdint>
#include <optional>

#include "shortlist/settings/precision.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/tile_factor.h"

namespace shortlist::tensor::cpu {

// A factor of one or many products, prepared for them once: any number of threads multiply views of it. Reads `values`
// when it is made and when it is multiplied. At kFloat32 a product reads all bits of its factors and goes through BLAS.
// Otherwise, which requires HasTiles(), matrix tiles multiply 16 bits of them (kTensorFloat32) or 8 (kBfloat16).
class ProductFactor {
 public:
  ProductFactor(FactorSide side, ConstTile values, Orientation orientation, Precision precision);

  // Rows of a left factor, columns of a right one, and terms of the sums, all from the one to before the other. Where
  // they begin is a multiple of kTileAlignment.
  struct Block {
    const ProductFactor& factor;
    FactorRange range;
  };
  Block All() const;
  Block Outer(std::int64_t begin, std::int64_t end) const;
  Block Terms(std::int64_t begin, std::int64_t end) const;

 private:
  friend void Multiply(const Block& a, const Block& b, Write write, const Tile& c);

  ConstTile Stored(const FactorRange& range) const;

  ConstTile values_;
  Orientation orientation_;
  bool rows_are_terms_;  // of values_
  std::optional<TileFactor> tiles_;
};

// c (+)= a * b. a is of a left factor and b of a right one, made at the same precision, with the same number of terms.
void Multiply(const ProductFactor::Block& a, const ProductFactor::Block& b, Write write, const Tile& c);

}  // namespace shortlist::tensor::cpu
