#include "train/prefetcher.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

namespace shortlist::train {
namespace {

TEST(Prefetcher, GivesEveryValueInOrder) {
  Prefetcher<std::int64_t> values(3, 50, 2, [](std::int64_t index) { return index * index; });
  for (std::int64_t index = 3; index < 50; ++index) EXPECT_EQ(values.Next(), index * index);
  EXPECT_EQ(values.Next(), std::nullopt);
  EXPECT_EQ(values.Next(), std::nullopt);
}

TEST(Prefetcher, StaysACoupleOfValuesAhead) {
  std::atomic<int> made = 0;
  Prefetcher<int> values(0, 1000, 2, [&](std::int64_t) { return ++made; });
  values.Next();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LE(made, 4);  // one taken, two waiting, one in the hands of the thread
}

TEST(Prefetcher, PassesFailuresOnBehindTheValuesBefore) {
  Prefetcher<int> values(0, 9, 4, [](std::int64_t index) {
    if (index == 2) throw std::runtime_error("broken");
    return static_cast<int>(index);
  });
  EXPECT_EQ(values.Next(), 0);
  EXPECT_EQ(values.Next(), 1);
  EXPECT_THROW(values.Next(), std::runtime_error);
}

TEST(Prefetcher, CanBeAbandoned) {
  const Prefetcher<int> values(0, 1000000, 1, [](std::int64_t index) { return static_cast<int>(index); });
}

}  // namespace
}  // namespace shortlist::train
