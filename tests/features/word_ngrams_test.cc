#include "features/word_ngrams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "features/fixtures.h"

namespace shortlist::features {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;

Transform Ngrams(std::int64_t longest, std::int64_t buckets = 1 << 20) {
  FeatureSettings settings = SettingsOf(TransformKind::kWordNgrams, buckets);
  settings.ngrams = longest;
  return Fit(settings, {});
}

TEST(WordNgramsTest, HashesRunsOfWords) {
  EXPECT_THAT(Ids(Ngrams(1), Value("red paper lantern")), SizeIs(3));
  EXPECT_THAT(Ids(Ngrams(2), Value("red paper lantern")), SizeIs(5));
  EXPECT_THAT(Ids(Ngrams(3), Value("red paper lantern")), SizeIs(6));
  EXPECT_THAT(Ids(Ngrams(2), Value("red paper lantern")), IsSupersetOf(Ids(Ngrams(2), Value("paper lantern"))));
}

TEST(WordNgramsTest, IgnoresCasePunctuationAndRepetition) {
  EXPECT_EQ(Ids(Ngrams(2), Value(" RED-paper,  Lantern!")), Ids(Ngrams(2), Value("red paper lantern")));
  EXPECT_THAT(Ids(Ngrams(1), Value("tea tea tea")), SizeIs(1));
}

TEST(WordNgramsTest, KeepsLettersBeyondAscii) {
  EXPECT_THAT(Ids(Ngrams(1), Value("b\xC3\xBCgel")), SizeIs(1));
  EXPECT_NE(Ids(Ngrams(1), Value("b\xC3\xBCgel")), Ids(Ngrams(1), Value("bgel")));
}

TEST(WordNgramsTest, NoWordsGiveNoIds) {
  EXPECT_THAT(Ids(Ngrams(2), Value()), IsEmpty());
  EXPECT_THAT(Ids(Ngrams(2), Value(" - ")), IsEmpty());
}

TEST(WordNgramsTest, StaysWithinTheBuckets) {
  const Transform ngrams = Ngrams(3, 3);
  EXPECT_THAT(Ids(ngrams, Value("a b c d e f g h")), Each(::testing::AllOf(::testing::Ge(0), ::testing::Lt(3))));
}

}  // namespace
}  // namespace shortlist::features
