#include "eval/item_content.h"

#include <cmath>

#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

// Items with a color each, and words of which all have the first.
base::EncodedFeatures MakeFeatures() {
  base::EncodedFeatures features;
  features.rows = 4;
  features.categorical.resize(2);
  const std::vector<std::vector<std::int32_t>> words = {{0, 1}, {0, 1, 2}, {0}, {0, 2}};
  const std::vector<std::int32_t> colors = {0, 1, 0, 1};
  for (std::size_t item = 0; item < 4; ++item) {
    features.categorical[0].Append(colors[item], 1);
    features.categorical[0].EndRow();
    for (const std::int32_t word : words[item]) features.categorical[1].Append(word, 1);
    features.categorical[1].EndRow();
  }
  return features;
}

double Likeness(const ItemContent& content, std::int32_t a, std::int32_t b) {
  double sum = 0;
  for (const ItemContent::Entry& left : content.OfItem(a)) {
    for (const ItemContent::Entry& right : content.OfItem(b)) {
      if (left.id == right.id) sum += left.weight * right.weight;
    }
  }
  return sum;
}

TEST(ItemContent, ItemsAreUnitVectorsOfTheirRareFeatures) {
  const ItemContent content(MakeFeatures());
  EXPECT_NEAR(Likeness(content, 0, 0), 1, 1e-6);
  EXPECT_NEAR(Likeness(content, 1, 1), 1, 1e-6);
  EXPECT_NEAR(Likeness(content, 0, 3), 0, 1e-6) << "what all items have says nothing";
  // All of color and words 1, 2 are had by two of four items and weigh alike.
  EXPECT_NEAR(Likeness(content, 0, 1), 1 / std::sqrt(2.0 * 3), 1e-6);
  EXPECT_NEAR(Likeness(content, 0, 2), 1 / std::sqrt(2.0), 1e-6);
}

TEST(ItemContent, FeaturesListTheirItems) {
  const ItemContent content(MakeFeatures());
  for (std::int32_t item = 0; item < 4; ++item) {
    for (const ItemContent::Entry& feature : content.OfItem(item)) {
      bool listed = false;
      for (const ItemContent::Entry& entry : content.WithFeature(feature.id)) {
        listed = listed || (entry.id == item && entry.weight == feature.weight);
      }
      EXPECT_TRUE(listed) << item;
    }
  }
}

}  // namespace
}  // namespace shortlist::eval
