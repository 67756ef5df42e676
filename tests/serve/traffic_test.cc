#include "serve/traffic.h"

#include <string>

#include <gtest/gtest.h>

#include "serve/made_bundle.h"

namespace shortlist::serve {
namespace {

class TrafficTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const ServingSnapshot> Made() {
    const ScratchFolder folder;
    return ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(), folder.path()));
  }

  bool OnCanary(const std::string& user, double percent) {
    traffic_.canary_percent = percent;
    return traffic_.For(user) == traffic_.canary;
  }

  Traffic traffic_{.stable = Made(), .canary = Made(), .canary_percent = 0};
};

TEST_F(TrafficTest, IsStableForThoseWithoutAnId) {
  traffic_.canary_percent = 100;
  EXPECT_EQ(traffic_.For(std::nullopt), traffic_.stable);
}

TEST_F(TrafficTest, IsAllOrNothingAtTheEnds) {
  for (const char* user : {"a", "b", "c", "d"}) {
    EXPECT_TRUE(OnCanary(user, 100));
    EXPECT_FALSE(OnCanary(user, 0));
  }
}

TEST_F(TrafficTest, KeepsAShopperOnTheCanaryAsItGrows) {
  for (int number = 0; number < 200; ++number) {
    const std::string user = "user-" + std::to_string(number);
    EXPECT_LE(OnCanary(user, 10), OnCanary(user, 20)) << user;
  }
}

// Fails if the hash ever changes, which would move shoppers between the sides during an upgrade.
TEST_F(TrafficTest, PlacesShoppersAsEveryReleaseDoes) {
  std::string sides;
  for (int number = 0; number < 20; ++number) sides += OnCanary("user-" + std::to_string(number), 50) ? 'c' : 's';
  EXPECT_EQ(sides, "ccssssssscsccsccssss");
}

}  // namespace
}  // namespace shortlist::serve
