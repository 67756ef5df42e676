#include "data/dataset_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/event_fixtures.h"
#include "data/fixtures.h"
#include "data/vocabulary_table.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

TEST(DatasetWriterTest, CountsPartsAndFindsWhereTheyStart) {
  const TemporaryFolder folder;
  const auto path = WriteEvents(folder.path() / "events", {{0, 0, 30}, {0, 1, 40}, {0, 0, 50}, {1, 0, 20}});
  const EventSchema schema;
  const Core core = FindCore(path, schema, 2, 2, {});
  const SplitSettings split;
  const KeptEvents events(path, schema, core, split, 1, true);
  DatasetDescription description;
  WriteParts(events, schema, features::FeatureGraph(), folder.path(), folder.path(), description);
  EXPECT_THAT(description.counts.part_events, ElementsAre(2, 1, 1));
  EXPECT_THAT(description.part_starts, ElementsAre(20, 40, 50));
  EXPECT_TRUE(description.event_types.empty());
  for (const char* file : {"train.arrow", "validation.arrow", "test.arrow"}) {
    EXPECT_TRUE(std::filesystem::exists(folder.path() / file)) << file;
  }
}

TEST(DatasetWriterTest, FitsItemFeaturesOnTheItemsOfTheDataset) {
  const TemporaryFolder folder;
  CatalogSource source;
  source.paths = {folder.Write("c.csv", "item,brand\na,acme\nb,zenith\n").string()};
  source.attributes = {"brand"};
  Catalog catalog(source, 2);
  Quarantine quarantine(folder.path() / "q");
  SourceReport report;
  const auto find = [](std::string_view id) { return id == "a" ? std::optional<std::size_t>(1) : std::nullopt; };
  catalog.Read(folder.path(), find, quarantine, report);
  DatasetDescription description;
  const std::vector<FeatureSettings> brand = {{.name = "", .column = "brand", .transform = TransformKind::kVocabulary}};
  WriteItems({"x", "a"}, catalog, FitItems(brand, catalog, 2), folder.path(), description);
  EXPECT_EQ(features::FeatureGraph::FromJson(description.item_graph).categorical()[0].cardinality, 2);
  EXPECT_EQ(description.item_digest, VocabularyDigest({"x", "a"}));
  WriteUsers({"u"}, folder.path(), description);
  EXPECT_EQ(description.user_digest, VocabularyDigest({"u"}));
}

}  // namespace
}  // namespace shortlist::data
