#include "repeat/repeat_weights.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/sealed_json.h"
#include "repeat/own_purchases.h"
#include "shortlist/error.h"

namespace shortlist::repeat {
namespace {

using nlohmann::ordered_json;

constexpr const char* kFormat = "shortlist.repeat";
constexpr int kFormatVersion = 1;
constexpr const char* kSimilarity = "similarity";
constexpr const char* kItemTerm = "item_term";

RepeatWeights Parse(const ordered_json& in) {
  RepeatWeights weights;
  weights.model_sha256 = in.at("model_sha256").get<std::string>();
  weights.half_lives_days = in.at("half_lives_days").get<std::vector<double>>();
  const ordered_json& by_name = in.at("weights");
  for (const std::string& name : OwnPurchases(weights.half_lives_days).Names()) {
    weights.of_values.push_back(by_name.at(name).get<double>());
  }
  weights.of_similarity = by_name.at(kSimilarity).get<double>();
  weights.of_item_term = by_name.at(kItemTerm).get<double>();
  return weights;
}

}  // namespace

void WriteRepeatWeights(const RepeatWeights& weights, const std::filesystem::path& path) {
  ordered_json by_name;
  const std::vector<std::string> names = OwnPurchases(weights.half_lives_days).Names();
  for (std::size_t n = 0; n < names.size(); ++n) by_name[names[n]] = weights.of_values.at(n);
  by_name[kSimilarity] = weights.of_similarity;
  by_name[kItemTerm] = weights.of_item_term;
  const ordered_json out = {{"format", kFormat},
                            {"version", kFormatVersion},
                            {"model_sha256", weights.model_sha256},
                            {"half_lives_days", weights.half_lives_days},
                            {"weights", by_name}};
  base::WriteFileAtomically(path, base::SealJson(out.dump(2)));
}

RepeatWeights ReadRepeatWeights(const std::filesystem::path& path) {
  const std::string text = base::ReadSealedJson(path);
  try {
    const ordered_json in = ordered_json::parse(text);
    if (in.at("format").get<std::string>() != kFormat || in.at("version").get<int>() != kFormatVersion) {
      throw Error(Code::kFailedPrecondition, "'" + path.string() + "' is " + in.at("format").dump() + " of version " +
                                                 in.at("version").dump() + "; this program reads " + kFormat +
                                                 " of version " + std::to_string(kFormatVersion));
    }
    return Parse(in);
  } catch (const ordered_json::exception& problem) {
    throw Error(Code::kDataLoss,
                "'" + path.string() + "' does not hold the weights of repeat purchases: " + problem.what());
  }
}

}  // namespace shortlist::repeat
