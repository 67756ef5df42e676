#include "train/event_log.h"

#include <gtest/gtest.h>

#include "train/owned_interactions.h"

namespace shortlist::train {
namespace {

TEST(EventLog, KeepsOnePartAsItIs) {
  const OwnedInteractions part({{{.item = 5, .time = 10}, {.item = 3, .time = 20}}, {}, {{.item = 1, .time = 5}}});
  const EventLog log = MakeEventLog({part.view()});
  EXPECT_EQ(log.users(), 3);
  EXPECT_EQ(log.offsets, (std::vector<std::int64_t>{0, 2, 2, 3}));
  EXPECT_EQ(log.items, (std::vector<std::int32_t>{5, 3, 1}));
  EXPECT_EQ(log.times, (std::vector<std::int64_t>{10, 20, 5}));
}

TEST(EventLog, MergesPartsByTimeAndTakesTheEarlierPartFirst) {
  const OwnedInteractions training({{{.item = 1, .time = 10}, {.item = 2, .time = 30, .weight = 2}}});
  const OwnedInteractions validation({{{.item = 3, .time = 20}, {.item = 4, .time = 30}}});
  const EventLog log = MakeEventLog({training.view(), validation.view()});
  EXPECT_EQ(log.items, (std::vector<std::int32_t>{1, 3, 2, 4}));
  EXPECT_EQ(log.weights, (std::vector<float>{1, 1, 2, 1}));
  EXPECT_EQ(log.origin_parts, (std::vector<std::uint8_t>{0, 1, 0, 1}));
  EXPECT_EQ(log.origin_rows, (std::vector<std::int64_t>{0, 0, 1, 1}));
}

TEST(EventLog, AppendsContextRows) {
  const OwnedInteractions part({{{.context = 7, .dense = .5F}, {.context = 8, .dense = .25F}}});
  base::EncodedFeatures rows;
  AppendContext(*part.view(), 1, rows);
  AppendUnknownContext(1, 1, rows);
  AppendContext(*part.view(), 0, rows);
  EXPECT_EQ(rows.rows, 3);
  EXPECT_EQ(rows.dense_width, 1);
  EXPECT_EQ(rows.categorical.at(0).ids, (std::vector<std::int32_t>{8, 7}));
  EXPECT_EQ(rows.categorical.at(0).offsets, (std::vector<std::int64_t>{0, 1, 1, 2}));
  EXPECT_EQ(rows.dense, (std::vector<float>{.25F, 0, .5F}));
}

}  // namespace
}  // namespace shortlist::train
