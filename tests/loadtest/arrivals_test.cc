#include "loadtest/arrivals.h"

#include <cmath>

#include <gtest/gtest.h>

namespace shortlist::tools {
namespace {

constexpr int kCalls = 100'000;

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

TEST(ArrivalsTest, AreEvenlySpacedIfConstant) {
  Arrivals arrivals(ArrivalKind::kConstant, 1000, 1);
  for (int call = 1; call <= 100; ++call) EXPECT_NEAR(Seconds(arrivals.Next()), call * 1e-3, 1e-8);
}

TEST(ArrivalsTest, ComeAtTheRateWithTheSpreadOfAPoissonProcess) {
  Arrivals arrivals(ArrivalKind::kPoisson, 500, 3);
  double last = 0;
  double squares = 0;
  for (int call = 0; call < kCalls; ++call) {
    const double now = Seconds(arrivals.Next());
    squares += (now - last) * (now - last);
    last = now;
  }
  const double mean = last / kCalls;
  EXPECT_NEAR(mean, 1. / 500, .02 / 500);
  EXPECT_NEAR(std::sqrt(squares / kCalls - mean * mean), mean, .02 * mean);
}

TEST(ArrivalsTest, AreTheSameForTheSameSeed) {
  Arrivals first(ArrivalKind::kPoisson, 500, 3);
  Arrivals second(ArrivalKind::kPoisson, 500, 3);
  Arrivals other(ArrivalKind::kPoisson, 500, 4);
  const auto time = first.Next();
  EXPECT_EQ(time, second.Next());
  EXPECT_NE(time, other.Next());
}

}  // namespace
}  // namespace shortlist::tools
