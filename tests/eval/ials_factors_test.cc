#include "eval/ials_factors.h"

#include <cmath>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

// Two groups of users, each with items of its own.
class FitItemVectorsTest : public ::testing::Test {
 protected:
  FitItemVectorsTest() {
    settings_.dimension = 2;
    for (int user = 0; user < 40; ++user) {
      for (std::int32_t item = 0; item < 3; ++item) lists_.values.push_back((user % 2) * 3 + item);
      lists_.offsets.push_back(static_cast<std::int64_t>(lists_.values.size()));
    }
  }

  std::vector<float> Fit(std::int64_t seed, int threads) {
    base::ThreadPool pool(threads);
    return FitItemVectors(lists_, 7, settings_, seed, pool);
  }

  IndexLists lists_;
  IalsSettings settings_;
};

TEST_F(FitItemVectorsTest, ItemsOfTheSameUsersAreAlikeAndOthersAreNot) {
  const std::vector<float> vectors = Fit(1, 2);
  const auto item = [&](std::size_t i) { return std::span(vectors).subspan(i * 2, 2); };
  EXPECT_GT(Dot(item(0), item(1)), 0.5 * Dot(item(0), item(0)));
  EXPECT_LT(std::abs(Dot(item(0), item(4))), 0.1 * Dot(item(0), item(0)));
  EXPECT_EQ(Dot(item(6), item(6)), 0) << "nobody has item 6";
}

TEST_F(FitItemVectorsTest, DependsOnTheSeedButNotOnThreads) {
  EXPECT_EQ(Fit(1, 1), Fit(1, 3));
  EXPECT_NE(Fit(1, 1), Fit(2, 1));
}

}  // namespace
}  // namespace shortlist::eval
