#include "comm/operation_thread.h"

#include <future>
#include <vector>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

TEST(OperationThreadTest, RunsInOrderBesideTheCaller) {
  std::promise<void> gate;
  std::vector<int> order;
  OperationThread thread;
  thread.Post([&] { gate.get_future().wait(); });
  for (int i = 0; i < 100; ++i) thread.Post([&order, i] { order.push_back(i); });
  gate.set_value();
  thread.Settle();
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(OperationThreadTest, AFailureIsRethrownAndNothingRunsAfterIt) {
  bool ran = false;
  OperationThread thread;
  thread.Post([] { throw Error(Code::kUnavailable, "gone"); });
  thread.Post([&] { ran = true; });
  EXPECT_THROW(thread.Settle(), Error);
  EXPECT_THROW(thread.Settle(), Error);
  EXPECT_FALSE(ran);
}

TEST(OperationThreadTest, EndsWithOperationsLeft) {
  std::promise<void> begun;
  int ran = 0;
  {
    OperationThread thread;
    thread.Post([&] { begun.set_value(); });
    begun.get_future().wait();
    for (int i = 0; i < 1000; ++i) thread.Post([&] { ++ran; });
  }
  EXPECT_LE(ran, 1000);
}

}  // namespace
}  // namespace shortlist::comm
