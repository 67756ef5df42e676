// The learned weights of repeat purchases, as a file beside a checkpoint and in a bundle.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace shortlist::repeat {

// An item that the shopper had scores its dot product with the shopper, plus the weighted sum of
//   - its values of OwnPurchases with these half lives (`of_values`, as many and in that order),
//   - the part of the dot product that is similarity (`of_similarity`), and the part that is the item's own term
//     (`of_item_term`), which are worth another amount for such an item than for one that would be new to the shopper.
// All in units of the dot product.
struct RepeatWeights {
  std::vector<double> half_lives_days;
  std::vector<double> of_values;
  double of_similarity = 0;
  double of_item_term = 0;
  std::string model_sha256;  // of the checkpoint.json of the model that the weights belong to
};

// Sealed JSON (base/sealed_json.h), atomically.
void WriteRepeatWeights(const RepeatWeights& weights, const std::filesystem::path& path);
// Throws Error{kNotFound} if there is no such file, Error{kFailedPrecondition} for a format version that this program
// does not know and Error{kDataLoss} for anything else that is not as it was written; each names the file.
RepeatWeights ReadRepeatWeights(const std::filesystem::path& path);

}  // namespace shortlist::repeat
