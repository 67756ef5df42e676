#include "eval/item_categories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ItemCategoriesTest, TakesTheFirstAttributeThatGroupsItems) {
  const ItemCategories categories =
      ReadCategories({R"({"shop": "one", "kind": ["cup", "red"], "price": 1})", R"({"shop": "one", "kind": "plate"})",
                      "{}", R"({"shop": "one", "kind": ["cup"]})"});
  EXPECT_EQ(categories.attribute, "kind");
  EXPECT_THAT(categories.names, ElementsAre("cup", "plate"));
  EXPECT_THAT(categories.of_item, ElementsAre(0, 1, -1, 0));
}

TEST(ItemCategoriesTest, FallsBackToPriceBandsOfEquallyManyItems) {
  std::vector<std::string> attributes = {"{}"};
  for (int price = 1; price <= 10; ++price) attributes.push_back("{\"price\": " + std::to_string(price) + "}");
  const ItemCategories categories = ReadCategories(attributes);
  EXPECT_EQ(categories.attribute, "price band");
  EXPECT_THAT(categories.names,
              ElementsAre("below 3.00", "3.00 to 5.00", "5.00 to 7.00", "7.00 to 9.00", "9.00 and more"));
  EXPECT_THAT(categories.of_item, ElementsAre(-1, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4));
}

TEST(ItemCategoriesTest, ACatalogThatSaysNothingHasNone) {
  EXPECT_THAT(ReadCategories(std::vector<std::string>{"{}", "{}"}).names, IsEmpty());
}

}  // namespace
}  // namespace shortlist::eval
