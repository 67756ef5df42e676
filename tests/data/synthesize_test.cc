#include "data/synthesize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "data/fixtures.h"

namespace shortlist::data {
namespace {

SynthesizeSettings Small() {
  SynthesizeSettings settings;
  settings.users = 300;
  settings.items = 200;
  settings.events = 8000;
  settings.malformed_share = 0.005;
  return settings;
}

TEST(SynthesizeTest, TheSameSeedGivesTheSameBytesEverywhere) {
  const TemporaryFolder folder;
  Synthesize(Small(), 1, folder.path() / "a");
  Synthesize(Small(), 1, folder.path() / "b");
  Synthesize(Small(), 2, folder.path() / "c");
  for (const char* name : {"events.csv", "catalog.csv", "consent.csv"}) {
    const std::string digest = base::Sha256OfFile(folder.path() / "a" / name);
    EXPECT_EQ(base::Sha256OfFile(folder.path() / "b" / name), digest) << name;
    EXPECT_NE(base::Sha256OfFile(folder.path() / "c" / name), digest) << name;
  }
}

TEST(SynthesizeTest, WritesTheColumnsThatItPromises) {
  const TemporaryFolder folder;
  Synthesize(Small(), 1, folder.path());
  EXPECT_EQ(folder.Lines("events.csv").front(), "event_id,user,item,time,event_type,quantity,price,device,country");
  EXPECT_EQ(folder.Lines("catalog.csv").front(), "item,title,category,brand,price");
  EXPECT_EQ(folder.Lines("consent.csv").front(), "user,purposes");
  EXPECT_EQ(folder.Lines("catalog.csv").size(), 201U);
}

TEST(SynthesizeTest, PreparesWithEveryRowAccountedFor) {
  const TemporaryFolder folder;
  Synthesize(Small(), 1, folder.path());
  Settings settings;
  settings.data.events.paths = {"events.csv"};
  settings.data.events.columns = {"user", "item", "time", "event_type", "", "quantity", "price", "event_id", "", {}};
  settings.data.catalog.paths = {"catalog.csv"};
  settings.data.catalog.title = "title";
  settings.data.consent.paths = {"consent.csv"};
  const PrepareReport report = Prepare(settings, folder.path(), folder.path() / "dataset");
  EXPECT_NEAR(static_cast<double>(report.quarantined), 0.005 * 8000, 25);
  EXPECT_NEAR(static_cast<double>(Filtered(report, "no_training_consent")), 0.05 * 8000, 300);
  const std::int64_t twice = Filtered(report, "duplicate_event_id");
  EXPECT_GT(twice, 0);
  EXPECT_NEAR(static_cast<double>(report.read), 8000 + static_cast<double>(twice), 20);
  const Dataset dataset = Dataset::Open(folder.path() / "dataset");
  EXPECT_THAT(dataset.event_types(), ::testing::UnorderedElementsAre("", "view", "add_to_cart", "purchase"));
  for (std::int64_t item = 0; item < dataset.items(); ++item) EXPECT_NE(dataset.Title(item), "");
}

}  // namespace
}  // namespace shortlist::data
