#include "features/hash_bucket.h"

#include <nlohmann/json.hpp>

#include "features/stable_hash.h"

namespace shortlist::features {

void HashBucket::AppendIds(const Value& value, std::vector<std::int32_t>& ids) const {
  const std::size_t before = ids.size();
  for (const std::string& text : TextsOf(value)) {
    ids.push_back(static_cast<std::int32_t>(1 + StableHash(text, 0) % static_cast<std::uint64_t>(buckets_ - 1)));
  }
  if (ids.size() == before) ids.push_back(0);
}

void HashBucket::Describe(nlohmann::json& json) const {
  json["buckets"] = buckets_;
}

}  // namespace shortlist::features
