// The one versioned transform graph from raw columns to encoded features, fitted by `prepare` and applied alike in
// training and serving.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/query_batch.h"
#include "features/value.h"
#include "shortlist/settings/features.h"

namespace shortlist::features {

// A categorical output: ids lie in [0, cardinality). Id 0 is the unknown bucket of a vocabulary and the bucket of
// missing numbers.
struct CategoricalFeature {
  std::string name;
  std::int64_t cardinality = 0;
};

// Immutable once fitted; thread-safe.
class FeatureGraph {
 public:
  FeatureGraph();
  ~FeatureGraph();
  FeatureGraph(FeatureGraph&&) noexcept;
  FeatureGraph& operator=(FeatureGraph&&) noexcept;

  const std::vector<CategoricalFeature>& categorical() const;
  const std::vector<std::string>& dense() const;  // names, in the order of the dense columns

  // Appends one row to `out`, which EmptyRows() of this graph made. Missing columns encode as missing. Several ids of
  // one feature in a row have weights 1 / count each, or 1 where the feature's combiner is `sum`.
  void Encode(const Record& record, base::EncodedFeatures& out) const;
  // No rows, with the columns of this graph.
  base::EncodedFeatures EmptyRows() const;

  // Columns that Encode reads, each once.
  std::vector<std::string> Columns() const;

  // Complete and self-describing; FromJson(ToJson()) encodes the same. Throws Error{kDataLoss} for text that is not a
  // graph, Error{kFailedPrecondition} for an unknown version.
  std::string ToJson() const;
  static FeatureGraph FromJson(std::string_view json);
  // SHA-256 of ToJson().
  std::string Digest() const;

 private:
  friend class FeatureFitter;
  struct State;
  std::unique_ptr<State> state_;
};

// One pass over the training records, in bounded memory for numbers (a deterministic sample of 1e6 values); texts that
// become a vocabulary are all counted.
class FeatureFitter {
 public:
  // A feature without a name is named after its column. Throws Error{kInvalidArgument} for duplicate names or an empty
  // column.
  explicit FeatureFitter(const std::vector<FeatureSettings>& settings);
  ~FeatureFitter();

  void Observe(const Record& record);
  FeatureGraph Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::features
