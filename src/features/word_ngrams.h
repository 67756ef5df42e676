// Texts to hashed runs of one to n words: one id per distinct run, none for a text without words. Words are runs of
// ASCII letters and digits, in lower case, and of all bytes beyond ASCII.
#pragma once

#include <cstdint>
#include <vector>

#include "features/transform.h"

namespace shortlist::features {

class WordNgrams : public CategoricalTransform {
 public:
  WordNgrams(std::int64_t buckets, std::int64_t longest) : buckets_(buckets), longest_(longest) {}

  std::int64_t cardinality() const override { return buckets_; }
  void AppendIds(const Value& value, std::vector<std::int32_t>& ids) const override;
  void Describe(nlohmann::json& json) const override;

 private:
  void AppendRuns(const std::vector<std::string>& words, std::vector<std::int32_t>& ids) const;

  std::int64_t buckets_;
  std::int64_t longest_;
};

}  // namespace shortlist::features
