#include "profile/decision.h"

#include <gtest/gtest.h>

#include "profile/made_decisions.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

TEST(DecisionTest, ComesBackFromItsBytes) {
  EXPECT_EQ(DecisionFrom(ToBytes(MadeDecision("r-1", "ann", 7))), MadeDecision("r-1", "ann", 7));
  EXPECT_EQ(DecisionFrom(ToBytes(Decision())), Decision());
}

TEST(DecisionTest, BytesThatEndEarlyAreRefused) {
  const std::string bytes = ToBytes(MadeDecision("r-1", "ann", 7));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(DecisionFrom(bytes.substr(0, length)), Error) << length;
  }
}

}  // namespace
}  // namespace shortlist::profile
