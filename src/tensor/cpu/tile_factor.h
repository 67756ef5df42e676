// Matrix products by the tiles of Intel's Advanced Matrix Extensions (AMX), which multiply bfloat16 and add up float32.
//
// A float32 is close to the sum of two bfloat16, of 8 bits each, so that a product is the sum of products of such parts
// (Henry, Tang, Heinecke: Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision Computations,
// ARITH 2019). Three parts would leave a float32 whole, but six products are not faster than one of vectors.
#pragma once

#include <cstdint>
#include <memory>

#include "tensor/backend.h"
#include "tensor/cpu/gemm.h"

namespace shortlist::tensor::cpu {

// Whether processor and operating system have such tiles. The first call asks the system to allow them to the process.
bool HasTiles();

// What begins or ends elsewhere than at a multiple of this does so where the factor does.
inline constexpr std::int64_t kTileAlignment = 32;

// How many bfloat16 stand for a value of a factor: one leaves 8 bits of it, two leave 16, rounded to the nearest.
enum class TileParts { kOne, kTwo };
enum class FactorSide { kLeft, kRight };

// Rows of a left factor or columns of a right one, and terms of the sums: what both factors have.
struct FactorRange {
  std::int64_t outer_begin = 0;
  std::int64_t outer_end = 0;
  std::int64_t terms_begin = 0;
  std::int64_t terms_end = 0;
};

// A factor rounded, in the order in which tiles read it: a copy of 2 or 4 bytes for each value. Any number of threads
// may multiply it. Factors smaller than 2^-110 may lose more bits than others. Requires HasTiles().
class TileFactor {
 public:
  // `values`, or their transpose, is the factor.
  TileFactor(FactorSide side, ConstTile values, bool transposed, TileParts parts);

 private:
  friend void TileProduct(const TileFactor& a, const FactorRange& a_range, const TileFactor& b,
                          const FactorRange& b_range, Write write, const Tile& c);
  struct Release {
    void operator()(std::uint16_t* values) const;
  };

  int parts_;
  std::int64_t steps_;
  // bfloat16 [panel of 32 rows or columns, part, step of 32 terms, 2 tiles], zero where the factor has ended
  std::unique_ptr<std::uint16_t[], Release> values_;
};

// c (+)= a * b, of ranges with as many terms. What is not finite stays so. What is written to an element of c depends
// on its row of a and its column of b alone, not on where they stand.
void TileProduct(const TileFactor& a, const FactorRange& a_range, const TileFactor& b, const FactorRange& b_range,
                 Write write, const Tile& c);

}  // namespace shortlist::tensor::cpu
