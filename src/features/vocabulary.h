// Texts to ids: 0 for missing and unknown texts, 1 for the most frequent one, and so on.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "features/transform.h"

namespace shortlist::features {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

class Vocabulary : public CategoricalTransform {
 public:
  // entries[i] has id i + 1.
  explicit Vocabulary(std::vector<std::string> entries);

  std::int64_t cardinality() const override { return static_cast<std::int64_t>(entries_.size()) + 1; }
  void AppendIds(const Value& value, std::vector<std::int32_t>& ids) const override;
  void Describe(nlohmann::json& json) const override;

 private:
  std::vector<std::string> entries_;
  TextMap<std::int32_t> ids_;
};

// Keeps the `most` most frequent texts seen at least `min_count` times; ties in order of the texts.
class VocabularyFitter : public TransformFitter {
 public:
  VocabularyFitter(std::int64_t min_count, std::int64_t most) : min_count_(min_count), most_(most) {}

  void Observe(const Value& value) override;
  Transform Finish() override;

 private:
  std::int64_t min_count_;
  std::int64_t most_;
  TextMap<std::int64_t> counts_;
};

}  // namespace shortlist::features
