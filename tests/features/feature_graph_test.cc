#include "features/feature_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::features {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

const std::vector<FeatureSettings> kSettings = {
    {.name = "brand", .column = "brand", .transform = TransformKind::kVocabulary},
    {.name = "", .column = "tags", .transform = TransformKind::kVocabulary},
    {.name = "tag_sum", .column = "tags", .transform = TransformKind::kVocabulary, .combiner = CombinerKind::kSum},
    {.name = "price_log", .column = "price", .transform = TransformKind::kLog},
    {.name = "price_bucket", .column = "price", .transform = TransformKind::kQuantile, .buckets = 4},
    {.name = "price_score", .column = "price", .transform = TransformKind::kZScore},
    {.name = "title", .column = "title", .transform = TransformKind::kWordNgrams, .buckets = 64},
    {.name = "maker", .column = "brand", .transform = TransformKind::kHash, .buckets = 8},
    {.name = "hour", .column = "time", .transform = TransformKind::kHourOfDay},
    {.name = "weekday", .column = "time", .transform = TransformKind::kDayOfWeek},
    {.name = "age", .column = "time", .transform = TransformKind::kRecency, .buckets = 12}};

const std::vector<Record> kRecords = {
    {{"brand", "acme"}, {"tags", std::vector<std::string>{"red", "small"}}, {"price", 2.5}, {"title", "Red tea cup"}},
    {{"brand", "zenith"}, {"price", "10"}, {"title", "Tea pot"}, {"time", 1259653500.0}},
    {{"tags", "red"}, {"price", 4.0}, {"time", "2009-12-05"}}};

FeatureGraph Fitted() {
  FeatureFitter fitter(kSettings);
  for (const Record& record : kRecords) fitter.Observe(record);
  return fitter.Finish();
}

base::EncodedFeatures EncodeAll(const FeatureGraph& graph) {
  base::EncodedFeatures rows = graph.EmptyRows();
  for (const Record& record : kRecords) graph.Encode(record, rows);
  graph.Encode({}, rows);
  return rows;
}

TEST(FeatureGraphTest, SeparatesCategoricalFromDenseInTheOrderOfSettings) {
  const FeatureGraph graph = Fitted();
  std::vector<std::string> names;
  for (const CategoricalFeature& feature : graph.categorical()) names.push_back(feature.name);
  EXPECT_THAT(names,
              ElementsAre("brand", "tags", "tag_sum", "price_bucket", "title", "maker", "hour", "weekday", "age"));
  EXPECT_THAT(graph.dense(), ElementsAre("price_log", "price_score"));
  EXPECT_THAT(graph.Columns(), ElementsAre("brand", "price", "tags", "time", "title"));
}

TEST(FeatureGraphTest, EncodesOneRowPerRecord) {
  const base::EncodedFeatures rows = EncodeAll(Fitted());
  EXPECT_EQ(rows.rows, 4);
  EXPECT_EQ(rows.dense_width, 2);
  EXPECT_EQ(rows.dense.size(), 8U);
  for (const base::Bags& bags : rows.categorical) EXPECT_EQ(bags.rows(), 4);
  EXPECT_THAT(rows.categorical[0].ids, ElementsAre(1, 2, 0, 0));
}

TEST(FeatureGraphTest, SeveralIdsShareTheWeightOfOne) {
  const base::Bags tags = EncodeAll(Fitted()).categorical[1];
  EXPECT_THAT(tags.offsets, ElementsAre(0, 2, 3, 4, 5));
  EXPECT_THAT(tags.weights, ElementsAre(FloatEq(0.5F), FloatEq(0.5F), FloatEq(1), FloatEq(1), FloatEq(1)));
}

TEST(FeatureGraphTest, SummedIdsWeighOneEach) {
  const base::Bags tags = EncodeAll(Fitted()).categorical[2];
  EXPECT_THAT(tags.offsets, ElementsAre(0, 2, 3, 4, 5));
  EXPECT_THAT(tags.weights, ElementsAre(1, 1, 1, 1, 1));
}

TEST(FeatureGraphTest, AGraphWithoutCombinersTakesMeans) {
  const FeatureGraph graph = FeatureGraph::FromJson(
      R"({"version": 1, "features": [{"name": "a", "column": "a", "transform": "hash", "buckets": 8}]})");
  base::EncodedFeatures rows = graph.EmptyRows();
  graph.Encode({{"a", std::vector<std::string>{"x", "y"}}}, rows);
  EXPECT_THAT(rows.categorical[0].weights, ElementsAre(0.5F, 0.5F));
}

TEST(FeatureGraphTest, JsonRestoresTheSameEncoding) {
  const FeatureGraph graph = Fitted();
  const FeatureGraph restored = FeatureGraph::FromJson(graph.ToJson());
  EXPECT_EQ(restored.ToJson(), graph.ToJson());
  EXPECT_EQ(restored.Digest(), graph.Digest());
  const base::EncodedFeatures expected = EncodeAll(graph);
  const base::EncodedFeatures actual = EncodeAll(restored);
  EXPECT_EQ(actual.dense, expected.dense);
  for (std::size_t f = 0; f < expected.categorical.size(); ++f) {
    EXPECT_EQ(actual.categorical[f].ids, expected.categorical[f].ids) << graph.categorical()[f].name;
    EXPECT_EQ(actual.categorical[f].weights, expected.categorical[f].weights) << graph.categorical()[f].name;
    EXPECT_EQ(restored.categorical()[f].cardinality, graph.categorical()[f].cardinality);
  }
}

TEST(FeatureGraphTest, DigestTellsGraphsApart) {
  EXPECT_NE(Fitted().Digest(), FeatureGraph().Digest());
}

TEST(FeatureGraphTest, AnEmptyGraphEncodesEmptyRows) {
  const FeatureGraph graph;
  base::EncodedFeatures rows = graph.EmptyRows();
  graph.Encode(kRecords[0], rows);
  EXPECT_EQ(rows.rows, 1);
  EXPECT_TRUE(rows.categorical.empty());
}

TEST(FeatureGraphTest, RefusesRowsOfAnotherLayout) {
  base::EncodedFeatures rows;
  EXPECT_THROW(Fitted().Encode(kRecords[0], rows), Error);
}

void ExpectRefused(const std::string& json, Code code, const std::string& message) {
  try {
    FeatureGraph::FromJson(json);
    FAIL() << json;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << json;
    EXPECT_THAT(error.what(), HasSubstr(message));
  }
}

TEST(FeatureGraphTest, RefusesTextThatIsNoGraph) {
  ExpectRefused("", Code::kDataLoss, "feature graph");
  ExpectRefused("{}", Code::kDataLoss, "version");
  ExpectRefused(R"({"version": 2, "features": []})", Code::kFailedPrecondition, "version 2");
  ExpectRefused(R"({"version": 1, "features": [{"name": "a", "column": "a", "transform": "guess"}]})", Code::kDataLoss,
                "guess");
  ExpectRefused(R"({"version": 1, "features": [{"name": "a", "column": "a", "transform": "hash", "buckets": 8,
                                               "combiner": "median"}]})",
                Code::kDataLoss, "median");
  ExpectRefused(R"({"version": 1, "features": [{"name": "a", "column": "a", "transform": "hash"}]})", Code::kDataLoss,
                "buckets");
}

TEST(FeatureFitterTest, RefusesDuplicateNamesAndMissingColumns) {
  using Features = std::vector<FeatureSettings>;
  EXPECT_THROW(FeatureFitter(Features{{.name = "a", .column = "x"}, {.name = "a", .column = "y"}}), Error);
  EXPECT_THROW(FeatureFitter(Features{{.name = "", .column = "x"}, {.name = "x", .column = "y"}}), Error);
  EXPECT_THROW(FeatureFitter(Features{{.name = "a", .column = ""}}), Error);
}

}  // namespace
}  // namespace shortlist::features
