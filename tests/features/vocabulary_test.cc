#include "features/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "features/fixtures.h"

namespace shortlist::features {
namespace {

using ::testing::ElementsAre;

const std::vector<Value> kObserved = {Value("red"),  Value("blue"), Value(std::vector<std::string>{"red", "green"}),
                                      Value("blue"), Value("red"),  Value()};

TEST(VocabularyTest, RanksByFrequencyThenText) {
  const Transform vocabulary = Fit(SettingsOf(TransformKind::kVocabulary), {Value("b"), Value("a"), Value("c")});
  EXPECT_THAT(Ids(vocabulary, Value("a")), ElementsAre(1));
  EXPECT_THAT(Ids(vocabulary, Value("b")), ElementsAre(2));
  const Transform colors = Fit(SettingsOf(TransformKind::kVocabulary), kObserved);
  EXPECT_EQ(Cardinality(colors), 4);
  EXPECT_THAT(Ids(colors, Value("red")), ElementsAre(1));
  EXPECT_THAT(Ids(colors, Value("green")), ElementsAre(3));
}

TEST(VocabularyTest, UnknownAndMissingAreZero) {
  const Transform colors = Fit(SettingsOf(TransformKind::kVocabulary), kObserved);
  EXPECT_THAT(Ids(colors, Value("mauve")), ElementsAre(0));
  EXPECT_THAT(Ids(colors, Value()), ElementsAre(0));
  EXPECT_THAT(Ids(colors, Value("")), ElementsAre(0));
}

TEST(VocabularyTest, SeveralValuesGiveSeveralIds) {
  const Transform colors = Fit(SettingsOf(TransformKind::kVocabulary), kObserved);
  EXPECT_THAT(Ids(colors, Value(std::vector<std::string>{"blue", "mauve", "red"})), ElementsAre(2, 0, 1));
}

TEST(VocabularyTest, RareAndSurplusEntriesBecomeUnknown) {
  FeatureSettings settings = SettingsOf(TransformKind::kVocabulary);
  settings.min_count = 2;
  const Transform frequent = Fit(settings, kObserved);
  EXPECT_EQ(Cardinality(frequent), 3);
  EXPECT_THAT(Ids(frequent, Value("green")), ElementsAre(0));
  const Transform two = Fit(SettingsOf(TransformKind::kVocabulary, 2), kObserved);
  EXPECT_EQ(Cardinality(two), 3);
}

TEST(VocabularyTest, NumbersAreTextsInShortestForm) {
  const Transform sizes = Fit(SettingsOf(TransformKind::kVocabulary), {Value(40.0), Value(42.5)});
  EXPECT_THAT(Ids(sizes, Value("40")), ElementsAre(1));
  EXPECT_THAT(Ids(sizes, Value("42.5")), ElementsAre(2));
}

}  // namespace
}  // namespace shortlist::features
