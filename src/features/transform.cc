#include "features/transform.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "features/calendar.h"
#include "features/hash_bucket.h"
#include "features/quantile.h"
#include "features/recency.h"
#include "features/standardize.h"
#include "features/vocabulary.h"
#include "features/word_ngrams.h"
#include "shortlist/error.h"

namespace shortlist::features {
namespace {

// For transforms that learn nothing from the data.
class FixedFitter : public TransformFitter {
 public:
  explicit FixedFitter(std::unique_ptr<CategoricalTransform> transform) : transform_(std::move(transform)) {}
  void Observe(const Value& /*value*/) override {}
  Transform Finish() override { return std::move(transform_); }

 private:
  std::unique_ptr<CategoricalTransform> transform_;
};

template <class T, class... Arguments>
std::unique_ptr<TransformFitter> Fixed(Arguments... arguments) {
  return std::make_unique<FixedFitter>(std::make_unique<T>(arguments...));
}

}  // namespace

std::unique_ptr<TransformFitter> MakeFitter(const FeatureSettings& settings) {
  switch (settings.transform) {
    case TransformKind::kVocabulary:
      return std::make_unique<VocabularyFitter>(settings.min_count, settings.buckets);
    case TransformKind::kHash:
      return Fixed<HashBucket>(settings.buckets);
    case TransformKind::kQuantile:
      return std::make_unique<QuantileFitter>(settings.buckets);
    case TransformKind::kLog:
      return std::make_unique<StandardizeFitter>(NumberScale::kLog);
    case TransformKind::kZScore:
      return std::make_unique<StandardizeFitter>(NumberScale::kLinear);
    case TransformKind::kHourOfDay:
      return Fixed<HourOfDay>();
    case TransformKind::kDayOfWeek:
      return Fixed<DayOfWeek>();
    case TransformKind::kRecency:
      return std::make_unique<RecencyFitter>(settings.buckets);
    case TransformKind::kWordNgrams:
      return Fixed<WordNgrams>(settings.buckets, settings.ngrams);
  }
  throw Error(Code::kInternal, "feature " + settings.name + ": transform without an implementation");
}

Transform ReadTransform(TransformKind kind, const nlohmann::json& json) {
  switch (kind) {
    case TransformKind::kVocabulary:
      return std::make_unique<Vocabulary>(json.at("entries").get<std::vector<std::string>>());
    case TransformKind::kHash:
      return std::make_unique<HashBucket>(json.at("buckets").get<std::int64_t>());
    case TransformKind::kQuantile:
      return std::make_unique<Quantile>(json.at("cuts").get<std::vector<double>>());
    case TransformKind::kLog:
      return std::make_unique<Standardize>(NumberScale::kLog, json.at("mean"), json.at("deviation"));
    case TransformKind::kZScore:
      return std::make_unique<Standardize>(NumberScale::kLinear, json.at("mean"), json.at("deviation"));
    case TransformKind::kHourOfDay:
      return std::make_unique<HourOfDay>();
    case TransformKind::kDayOfWeek:
      return std::make_unique<DayOfWeek>();
    case TransformKind::kRecency:
      return std::make_unique<Recency>(json.at("buckets").get<std::int64_t>(),
                                       json.at("reference").get<std::int64_t>());
    case TransformKind::kWordNgrams:
      return std::make_unique<WordNgrams>(json.at("buckets").get<std::int64_t>(),
                                          json.at("ngrams").get<std::int64_t>());
  }
  throw Error(Code::kDataLoss, "feature graph: transform without an implementation");
}

}  // namespace shortlist::features
