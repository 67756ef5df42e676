#include "data/dataset.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "data/shop_fixture.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using DatasetTest = ShopTest;

TEST_F(DatasetTest, OpensWhatPrepareWrote) {
  PrepareShop();
  const Dataset dataset = OpenShop();
  EXPECT_EQ(dataset.users(), 2);
  EXPECT_EQ(dataset.items(), 3);
  EXPECT_EQ(dataset.FindItem("rug"), 2);
  EXPECT_EQ(dataset.FindItem("vase"), std::nullopt) << "nobody bought it";
  EXPECT_EQ(dataset.Title(0), "Red Lamp");
  EXPECT_EQ(dataset.Title(1), "");
  EXPECT_EQ(dataset.AttributesJson(0), R"({"price":10.0,"tags":["light","red"]})");
  EXPECT_EQ(dataset.AttributesJson(1), "{}");
  EXPECT_EQ(dataset.digest(), base::Sha256OfFile(Directory() / "dataset.json"));
}

TEST_F(DatasetTest, PartsShareUsersAndHoldTheirColumns) {
  PrepareShop();
  const Dataset dataset = OpenShop();
  const Interactions& train = dataset.part(Part::kTrain);
  EXPECT_THAT(train.offsets, ElementsAre(0, 3, 4));
  EXPECT_THAT(train.items, ElementsAre(0, 1, 1, 1));
  EXPECT_THAT(train.times, ElementsAre(1704103200, 1704189600, 1704189600, 1704106800));
  EXPECT_THAT(train.weights, ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(dataset.event_types(), ElementsAre("", "buy", "view"));
  EXPECT_THAT(train.event_types, ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(train.prices, ElementsAre(10, 3, 3, 3));
  const Interactions& test = dataset.part(Part::kTest);
  EXPECT_THAT(test.offsets, ElementsAre(0, 1, 1));
  EXPECT_TRUE(std::isnan(test.prices[0]));
}

TEST_F(DatasetTest, PartsStartAtTheDatesOfTheSplit) {
  PrepareShop();
  const Dataset dataset = OpenShop();
  EXPECT_EQ(dataset.PartStart(Part::kTrain), 1704103200) << "the first event";
  EXPECT_EQ(dataset.PartStart(Part::kValidation), 1704412800);
  EXPECT_EQ(dataset.PartStart(Part::kTest), 1704672000);
  EXPECT_TRUE(dataset.has_times());
  EXPECT_THAT(dataset.split_rule(), HasSubstr("2024-01-05"));
}

TEST_F(DatasetTest, ColumnsThatTheSourceLacksAreEmpty) {
  EventColumns& columns = settings_.data.events.columns;
  columns.event_type.clear();
  columns.quantity.clear();
  columns.price.clear();
  settings_.features.context.clear();
  PrepareShop();
  const Interactions train = OpenShop().part(Part::kTrain);
  EXPECT_TRUE(train.event_types.empty());
  EXPECT_TRUE(train.quantities.empty());
  EXPECT_TRUE(train.prices.empty());
  EXPECT_TRUE(train.from_answer.empty());
  EXPECT_TRUE(train.context.empty());
}

TEST_F(DatasetTest, KnowsWhichEventsFollowedAnAnswer) {
  settings_.data.events.columns.request_id = "device";  // empty in one row
  PrepareShop();
  EXPECT_THAT(OpenShop().part(Part::kTrain).from_answer, ElementsAre(1, 1, 0, 1));
}

TEST_F(DatasetTest, DenseContextIsOneRowPerEvent) {
  settings_.features.context = {{.name = "when", .column = "time", .transform = TransformKind::kZScore}};
  PrepareShop();
  const Dataset dataset = OpenShop();
  EXPECT_EQ(dataset.part(Part::kTrain).context_dense.size(), 4U);
  EXPECT_EQ(dataset.part(Part::kTest).context_dense.size(), 1U);
}

TEST_F(DatasetTest, AFlippedByteIsRefusedByTheNameOfItsFile) {
  PrepareShop();
  for (const char* name : {"dataset.json", "users.arrow", "items.arrow", "item_features.arrow", "train.arrow",
                           "validation.arrow", "test.arrow"}) {
    const std::string whole = base::ReadFile(Directory() / name);
    for (const std::size_t place : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
      std::string damaged = whole;
      damaged[place] = static_cast<char>(damaged[place] ^ 4);
      std::ofstream(Directory() / name, std::ios::binary) << damaged;
      const Error error = ErrorOf([&] { OpenShop(); });
      EXPECT_EQ(error.code(), Code::kDataLoss) << name << " at " << place;
      EXPECT_THAT(error.what(), HasSubstr(name));
    }
    std::ofstream(Directory() / name, std::ios::binary) << whole;
  }
  OpenShop();
}

TEST_F(DatasetTest, AMissingOrShortFileIsRefusedByName) {
  PrepareShop();
  std::filesystem::resize_file(Directory() / "test.arrow", 100);
  EXPECT_THAT(ErrorOf([&] { OpenShop(); }).what(), HasSubstr("test.arrow"));
  std::filesystem::remove(Directory() / "test.arrow");
  EXPECT_THAT(ErrorOf([&] { OpenShop(); }).what(), HasSubstr("test.arrow"));
  std::filesystem::remove(Directory() / "dataset.json");
  const Error error = ErrorOf([&] { OpenShop(); });
  EXPECT_EQ(error.code(), Code::kDataLoss);
  EXPECT_THAT(error.what(), HasSubstr("dataset.json"));
}

TEST_F(DatasetTest, WithoutADatasetItSaysHowToMakeOne) {
  const Error error = ErrorOf([&] { OpenShop(); });
  EXPECT_EQ(error.code(), Code::kNotFound);
  EXPECT_THAT(error.what(), HasSubstr("shortlist prepare"));
}

}  // namespace
}  // namespace shortlist::data
