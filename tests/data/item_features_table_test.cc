#include "data/item_features_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::HasSubstr;

features::FeatureGraph Graph(const std::vector<std::string>& tags) {
  features::FeatureFitter fitter({{.name = "tags", .column = "tags", .transform = TransformKind::kVocabulary},
                                  {.name = "price", .column = "price", .transform = TransformKind::kLog}});
  for (const std::string& tag : tags) fitter.Observe({{"tags", tag}, {"price", 2.0}});
  return fitter.Finish();
}

TEST(ItemFeaturesTableTest, ReadsBackEveryRow) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "f.arrow";
  const features::FeatureGraph graph = Graph({"red", "small"});
  base::EncodedFeatures rows = graph.EmptyRows();
  graph.Encode({{"tags", std::vector<std::string>{"small", "red", "new"}}, {"price", 7.0}}, rows);
  graph.Encode({}, rows);
  WriteItemFeatures(path, graph, rows);
  const base::EncodedFeatures read = ReadItemFeatures(path, graph);
  EXPECT_EQ(read.rows, 2);
  EXPECT_EQ(read.dense, rows.dense);
  EXPECT_EQ(read.categorical[0].ids, rows.categorical[0].ids);
  EXPECT_EQ(read.categorical[0].weights, rows.categorical[0].weights);
  EXPECT_EQ(read.categorical[0].offsets, rows.categorical[0].offsets);
}

TEST(ItemFeaturesTableTest, RowsWithoutFeaturesKeepTheirNumber) {
  const TemporaryFolder folder;
  const features::FeatureGraph graph;
  base::EncodedFeatures rows = graph.EmptyRows();
  for (int i = 0; i < 3; ++i) graph.Encode({}, rows);
  WriteItemFeatures(folder.path() / "f.arrow", graph, rows);
  EXPECT_EQ(ReadItemFeatures(folder.path() / "f.arrow", graph).rows, 3);
}

TEST(ItemFeaturesTableTest, RefusesIdsBeyondTheGraph) {
  const TemporaryFolder folder;
  const features::FeatureGraph large = Graph({"red", "small"});
  base::EncodedFeatures rows = large.EmptyRows();
  large.Encode({{"tags", "small"}}, rows);
  WriteItemFeatures(folder.path() / "f.arrow", large, rows);
  const Error error = ErrorOf([&] { ReadItemFeatures(folder.path() / "f.arrow", Graph({"red"})); });
  EXPECT_EQ(error.code(), Code::kDataLoss);
  EXPECT_THAT(error.what(), HasSubstr("'tags'"));
}

}  // namespace
}  // namespace shortlist::data
