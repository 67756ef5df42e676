#include "simt/detector/stream_order.h"

#include <gtest/gtest.h>

namespace shortlist::simt {
namespace {

class StreamOrderTest : public ::testing::Test {
 protected:
  // Queues an operation and runs it at once.
  OperationId Run(const StreamPoint& point) {
    order_.Queue(point);
    order_.Begin(point);
    return order_.Start(point, "work");
  }

  const int first_ = 0, second_ = 0;  // only their addresses matter
  StreamOrder order_;
};

TEST_F(StreamOrderTest, AStreamRunsInOrder) {
  const OperationId a = Run({&first_, 1});
  const OperationId b = Run({&first_, 2});
  EXPECT_TRUE(order_.Before(a, b));
  EXPECT_EQ(order_.Name(b), "work");
}

TEST_F(StreamOrderTest, StreamsAreIndependent) {
  const OperationId a = Run({&first_, 1});
  const OperationId b = Run({&second_, 1});
  EXPECT_FALSE(order_.Before(a, b));
}

TEST_F(StreamOrderTest, AnOperationSeesWhatItsStreamHasWaitedFor) {
  const OperationId awaited = Run({&first_, 1});
  const OperationId later = Run({&first_, 2});
  Run({&second_, 1});
  order_.OperationAwaits({&second_, 1}, {&first_, 1});
  const OperationId waiting = Run({&second_, 2});
  EXPECT_TRUE(order_.Before(awaited, waiting));
  EXPECT_FALSE(order_.Before(later, waiting));
}

TEST_F(StreamOrderTest, AWaitingHostOrdersWhatItQueuesAfterwards) {
  const OperationId a = Run({&first_, 1});
  order_.Queue({&second_, 1});
  order_.HostAwaits({&first_, 1});
  order_.Begin({&second_, 1});
  const OperationId queued_before = order_.Start({&second_, 1}, "queued before the host waited");
  const OperationId queued_after = Run({&second_, 2});
  EXPECT_FALSE(order_.Before(a, queued_before));
  EXPECT_TRUE(order_.Before(a, queued_after));
}

TEST_F(StreamOrderTest, KnowledgeIsPassedOn) {
  const int third = 0;
  const OperationId a = Run({&first_, 1});
  Run({&second_, 1});
  order_.OperationAwaits({&second_, 1}, {&first_, 1});
  Run({&third, 1});
  order_.OperationAwaits({&third, 1}, {&second_, 1});
  EXPECT_TRUE(order_.Before(a, Run({&third, 2})));
}

TEST_F(StreamOrderTest, WorkOfOneOperationIsInOrder) {
  const OperationId a = Run({&first_, 1});
  const OperationId b = order_.Start({&first_, 1}, "second kernel of a graph");
  EXPECT_TRUE(order_.Before(a, b));
}

TEST_F(StreamOrderTest, ANewStreamAtAnOldAddressKnowsNothing) {
  const OperationId old = Run({&first_, 1});
  const OperationId young = Run({&first_, 1});
  EXPECT_FALSE(order_.Before(old, young));
}

}  // namespace
}  // namespace shortlist::simt
