#include "tensor/cpu/product_factor.h"

namespace shortlist::tensor::cpu {
namespace {

std::optional<TileFactor> TilesOf(FactorSide side, ConstTile values, bool transposed, Precision precision) {
  if (precision == Precision::kFloat32) return std::nullopt;
  const TileParts parts = precision == Precision::kBfloat16 ? TileParts::kOne : TileParts::kTwo;
  return TileFactor(side, values, transposed, parts);
}

}  // namespace

ProductFactor::ProductFactor(FactorSide side, ConstTile values, Orientation orientation, Precision precision)
    : values_(values),
      orientation_(orientation),
      rows_are_terms_((side == FactorSide::kRight) == (orientation == Orientation::kAsStored)),
      tiles_(TilesOf(side, values, orientation == Orientation::kTransposed, precision)) {}

ProductFactor::Block ProductFactor::All() const {
  const std::int64_t outer = rows_are_terms_ ? values_.columns : values_.rows;
  const std::int64_t terms = rows_are_terms_ ? values_.rows : values_.columns;
  return {*this, {0, outer, 0, terms}};
}

ProductFactor::Block ProductFactor::Outer(std::int64_t begin, std::int64_t end) const {
  Block block = All();
  block.range.outer_begin = begin;
  block.range.outer_end = end;
  return block;
}

ProductFactor::Block ProductFactor::Terms(std::int64_t begin, std::int64_t end) const {
  Block block = All();
  block.range.terms_begin = begin;
  block.range.terms_end = end;
  return block;
}

// Rows of the stored values where `range` lies.
ConstTile ProductFactor::Stored(const FactorRange& range) const {
  const std::int64_t terms = range.terms_end - range.terms_begin;
  const std::int64_t outer = range.outer_end - range.outer_begin;
  if (rows_are_terms_) {
    return {values_.data + range.terms_begin * values_.stride + range.outer_begin, terms, outer, values_.stride};
  }
  return {values_.data + range.outer_begin * values_.stride + range.terms_begin, outer, terms, values_.stride};
}

void Multiply(const ProductFactor::Block& a, const ProductFactor::Block& b, Write write, const Tile& c) {
  if (a.factor.tiles_) {
    TileProduct(*a.factor.tiles_, a.range, *b.factor.tiles_, b.range, write, c);
  } else {
    Multiply(1, a.factor.Stored(a.range), a.factor.orientation_, b.factor.Stored(b.range), b.factor.orientation_,
             write == Write::kAdd ? 1 : 0, c);
  }
}

}  // namespace shortlist::tensor::cpu
