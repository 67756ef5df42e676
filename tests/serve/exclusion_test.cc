#include "serve/exclusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::int32_t Length(std::string_view id) {
  return id.empty() ? -1 : static_cast<std::int32_t>(id.size());
}

TEST(Exclusions, AreSortedAndUnique) {
  EXPECT_THAT(Exclusions({9, 2, 9}, {"aaaa", "a", "aa"}, Length), ElementsAre(1, 2, 4, 9));
}

TEST(Exclusions, LeaveOutUnknownIds) {
  EXPECT_THAT(Exclusions({}, {"", ""}, Length), IsEmpty());
}

}  // namespace
}  // namespace shortlist::serve
