// What the transforms of a feature graph have in common: a fitter reads the raw cells of one column once, then yields
// an immutable transform of such cells to ids or to one number.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "features/value.h"
#include "shortlist/settings/features.h"

namespace shortlist::features {

// Cells to ids in [0, cardinality()). Immutable; thread-safe.
class CategoricalTransform {
 public:
  virtual ~CategoricalTransform() = default;

  virtual std::int64_t cardinality() const = 0;
  virtual void AppendIds(const Value& value, std::vector<std::int32_t>& ids) const = 0;
  // Adds to `json` what the transform's reader needs to restore it.
  virtual void Describe(nlohmann::json& json) const = 0;
};

// Cells to one number each. Immutable; thread-safe.
class DenseTransform {
 public:
  virtual ~DenseTransform() = default;

  virtual float Number(const Value& value) const = 0;
  virtual void Describe(nlohmann::json& json) const = 0;
};

using Transform = std::variant<std::unique_ptr<CategoricalTransform>, std::unique_ptr<DenseTransform>>;

class TransformFitter {
 public:
  virtual ~TransformFitter() = default;

  virtual void Observe(const Value& value) = 0;
  virtual Transform Finish() = 0;
};

std::unique_ptr<TransformFitter> MakeFitter(const FeatureSettings& settings);

// Restores what Describe wrote. Throws nlohmann::json::exception for missing or mistyped members.
Transform ReadTransform(TransformKind kind, const nlohmann::json& json);

}  // namespace shortlist::features
