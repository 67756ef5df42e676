#include "eval/organic_events.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;

class OrganicEventsTest : public ::testing::Test {
 protected:
  PartFixture part_{{{{5, 110}, {4, 111}}, {}, {{2, 130}}, {{3, 140}, {1, 141}, {0, 142}}}};
};

TEST_F(OrganicEventsTest, LeavesOutWhatFollowedAnAnswer) {
  const std::vector<std::int32_t> from_answer = {1, 0, 1, 0, 1, 0};
  data::Interactions part = *part_;
  part.from_answer = from_answer;
  const OrganicEvents organic(part);
  EXPECT_THAT(organic.view().offsets, ElementsAre(0, 1, 1, 1, 3));
  EXPECT_THAT(organic.view().items, ElementsAre(4, 3, 0));
  EXPECT_THAT(organic.view().times, ElementsAre(111, 140, 142));
}

TEST_F(OrganicEventsTest, AreAllEventsWhereNoneIsKnownToFollowAnAnswer) {
  const OrganicEvents organic(*part_);
  EXPECT_THAT(organic.view().offsets, ElementsAre(0, 2, 2, 3, 6));
  EXPECT_THAT(organic.view().items, ElementsAre(5, 4, 2, 3, 1, 0));
}

}  // namespace
}  // namespace shortlist::eval
