// Transforms from raw columns to model inputs, used alike in training and serving.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shortlist/settings/field.h"

namespace shortlist {

enum class TransformKind {
  kVocabulary,
  kHash,
  kQuantile,
  kLog,
  kZScore,
  kHourOfDay,
  kDayOfWeek,
  kRecency,
  kWordNgrams
};
template <>
struct EnumNames<TransformKind> {
  static constexpr std::array<std::string_view, 9> kNames = {
      "vocabulary", "hash", "quantile", "log", "z_score", "hour_of_day", "day_of_week", "recency", "word_ngrams"};
};

// How the embeddings of several values of one feature become one vector.
enum class CombinerKind { kMean, kSum };
template <>
struct EnumNames<CombinerKind> {
  static constexpr std::array<std::string_view, 2> kNames = {"mean", "sum"};
};

struct FeatureSettings {
  std::string name;
  std::string column;
  TransformKind transform = TransformKind::kVocabulary;
  std::int64_t buckets = 1024;
  std::int64_t min_count = 1;
  std::int64_t ngrams = 2;
  CombinerKind combiner = CombinerKind::kMean;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("name", name, "Name of the feature; default: the column.");
    visit("column", column, "Source column: an item's `title`, `price` or an attribute; a context column or `time`.");
    visit(
        "transform", transform,
        "`vocabulary` (with an unknown bucket; several values become multi-hot), `hash`, `quantile` bucket, `log` and "
        "`z_score` (numbers), `hour_of_day`, `day_of_week`, `recency` (log-spaced age bucket of a time), "
        "`word_ngrams` (hashed).");
    visit("buckets", buckets,
          "Number of buckets of hash, quantile, recency and word_ngrams; most entries kept of a "
          "vocabulary.",
          Bounds{2, 1 << 26});
    visit("min_count", min_count, "Vocabulary entries seen less often go to the unknown bucket.", Bounds{1, 1e9});
    visit("ngrams", ngrams, "Longest run of words that word_ngrams hashes.", Bounds{1, 5});
    visit("combiner", combiner,
          "What is taken of the embeddings of several values or words: their `mean`, or their `sum`, in which each "
          "weighs as much as the item's own embedding.");
  }
};

struct FeaturesSettings {
  std::vector<FeatureSettings> item;
  std::vector<FeatureSettings> context;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("item", item, "Features of items; their embeddings are summed into the item vector.");
    visit("context", context, "Features of the request; their embeddings are summed into the user vector.");
  }
};

}  // namespace shortlist
