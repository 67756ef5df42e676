#include "serve/item_reasons.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "serve/made_bundle.h"

namespace shortlist::serve {
namespace {

// Vectors of two coordinates of similarity and an own term, so that every reason has an item. The first item was sold
// from the beginning on, the last only in the last week, and item 3 never.
class ItemReasonsTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t kDimension = 2;

  index::Bundle Write(bool with_times) {
    index::BundleInputs inputs = MadeRetailer().Inputs(IndexKind::kFlat, folder_.path() / "model");
    inputs.vector_width = 3;
    inputs.item_vectors = {1, 0, 0, 0, 1, 0.5F, 0, 0, 3, 0, 1, 0, 1, 1, 0};
    inputs.item_ids = {"a", "b", "c", "d", "e"};
    inputs.titles.assign(5, "");
    inputs.attributes_json.assign(5, "{}");
    inputs.popular_items = {0};
    inputs.user_ids = {"u"};
    inputs.user_vectors = {1, 0, 1};
    inputs.query_vectors = inputs.user_vectors;
    inputs.history_offsets = {0, 5};
    inputs.history_items = {0, 1, 2, 4, 0};
    inputs.history_times = {0, kDay, 2 * kDay, 50 * kDay, 51 * kDay};
    inputs.history_has_times = with_times;
    index::WriteBundle(inputs, folder_.path() / "bundle");
    return index::Bundle::Open(folder_.path() / "bundle");
  }

  ScratchFolder folder_;
};

TEST_F(ItemReasonsTest, TellsWhatLiftsAnItemAboveTheMeanItem) {
  const index::Bundle bundle = Write(true);
  const ItemReasons reasons(bundle, kDimension);
  const std::vector<float> shopper = {1, 0, 1};
  EXPECT_EQ(reasons.Of(shopper, 0, bundle.items().Vector(0)), ItemReason::kSimilar);
  EXPECT_EQ(reasons.Of(shopper, 2, bundle.items().Vector(2)), ItemReason::kPopular);
  const std::vector<float> other = {0, 1, 1};
  EXPECT_EQ(reasons.Of(other, 1, bundle.items().Vector(1)), ItemReason::kSimilar);
}

TEST_F(ItemReasonsTest, WithoutAnythingSimilarAllThatIsNotNewIsPopular) {
  const index::Bundle bundle = Write(true);
  const ItemReasons reasons(bundle, kDimension);
  const std::vector<float> nobody = {0, 0, 1};
  for (const std::int32_t item : {0, 1, 2}) {
    EXPECT_EQ(reasons.Of(nobody, item, bundle.items().Vector(item)), ItemReason::kPopular) << item;
  }
  EXPECT_EQ(reasons.Of(nobody, 4, bundle.items().Vector(4)), ItemReason::kNew);
}

TEST_F(ItemReasonsTest, CallsItemsNewThatWereFirstTakenInTheLastWeeksOrNever) {
  const index::Bundle bundle = Write(true);
  const ItemReasons reasons(bundle, kDimension);
  const std::vector<float> shopper = {1, 0, 1};
  EXPECT_EQ(reasons.Of(shopper, 3, bundle.items().Vector(3)), ItemReason::kNew);
  EXPECT_EQ(reasons.Of(shopper, 4, bundle.items().Vector(4)), ItemReason::kNew);
}

TEST_F(ItemReasonsTest, WithoutTimesOnlyItemsWithoutAnEventAreNew) {
  const index::Bundle bundle = Write(false);
  const ItemReasons reasons(bundle, kDimension);
  const std::vector<float> shopper = {1, 0, 1};
  EXPECT_EQ(reasons.Of(shopper, 3, bundle.items().Vector(3)), ItemReason::kNew);
  EXPECT_EQ(reasons.Of(shopper, 4, bundle.items().Vector(4)), ItemReason::kSimilar);
}

}  // namespace
}  // namespace shortlist::serve
