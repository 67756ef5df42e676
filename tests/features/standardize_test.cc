#include "features/standardize.h"

#include <cmath>

#include <gtest/gtest.h>

#include "features/fixtures.h"

namespace shortlist::features {
namespace {

TEST(StandardizeTest, ZScoreHasMeanZeroAndDeviationOne) {
  const Transform score = Fit(SettingsOf(TransformKind::kZScore), {Value(1.0), Value(3.0), Value(), Value("5")});
  EXPECT_FLOAT_EQ(Number(score, Value(3.0)), 0.0F);
  EXPECT_FLOAT_EQ(Number(score, Value(5.0)), static_cast<float>(2 / std::sqrt(8.0 / 3)));
}

TEST(StandardizeTest, LogStandardizesSignedLogarithms) {
  const double step = std::log1p(9.0);
  const Transform score = Fit(SettingsOf(TransformKind::kLog), {Value(-9.0), Value(9.0)});
  EXPECT_FLOAT_EQ(Number(score, Value(0.0)), 0.0F);
  EXPECT_FLOAT_EQ(Number(score, Value(-9.0)), -1.0F);
  EXPECT_FLOAT_EQ(Number(score, Value(99.0)), static_cast<float>(std::log1p(99.0) / step));
}

TEST(StandardizeTest, MissingIsTheMean) {
  const Transform score = Fit(SettingsOf(TransformKind::kZScore), {Value(10.0), Value(30.0)});
  EXPECT_EQ(Number(score, Value()), 0.0F);
  EXPECT_EQ(Number(score, Value("none")), 0.0F);
}

TEST(StandardizeTest, ConstantAndEmptyColumnsStayFinite) {
  EXPECT_EQ(Number(Fit(SettingsOf(TransformKind::kZScore), {Value(4.0), Value(4.0)}), Value(6.0)), 2.0F);
  EXPECT_EQ(Number(Fit(SettingsOf(TransformKind::kZScore), {}), Value(6.0)), 6.0F);
}

}  // namespace
}  // namespace shortlist::features
