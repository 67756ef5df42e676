#include "data/context_encoder.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/event_schema.h"
#include "data/fixtures.h"
#include "data/record_file.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

class ContextEncoderTest : public ::testing::Test {
 protected:
  ContextEncoderTest() {
    columns_.time = "at";
    columns_.context = {"device", "age"};
    settings_ = {{.name = "device", .column = "device", .transform = TransformKind::kVocabulary},
                 {.name = "age", .column = "age", .transform = TransformKind::kZScore},
                 {.name = "hour", .column = "time", .transform = TransformKind::kHourOfDay}};
    schema_ = MakeEventSchema(columns_, settings_);
    for (const char* device : {"phone", "tablet"}) schema_.carried[0].texts.Intern(device);
  }

  std::vector<std::byte> Record(std::uint32_t user, std::uint32_t item, std::int64_t time, std::uint64_t device,
                                double age) const {
    std::vector<std::byte> record(schema_.RecordBytes());
    SetHeader({user, item, time, 0, 1, Origin::kEvents}, record.data());
    SetSlot(device, 0, record.data());
    SetSlot(NumberToSlot(age), 1, record.data());
    return record;
  }

  EventColumns columns_;
  std::vector<FeatureSettings> settings_;
  EventSchema schema_;
};

TEST_F(ContextEncoderTest, RecordsHoldTimeAndCarriedColumns) {
  const auto record = Record(0, 0, 7200, 1, 30);
  ContextRecords records(schema_);
  const features::Record& raw = records.RecordOf({0, 0, 7200, 1, Part::kTrain, record.data()});
  EXPECT_EQ(raw.at("time"), features::Value(7200.0));
  EXPECT_EQ(raw.at("device"), features::Value("phone"));
  EXPECT_EQ(raw.at("age"), features::Value(30.0));
  const auto empty = Record(0, 0, 7200, 0, std::nan(""));
  const features::Record& missing = records.RecordOf({0, 0, 7200, 1, Part::kTrain, empty.data()});
  EXPECT_EQ(missing.at("device"), features::Value(""));
  EXPECT_EQ(missing.at("age"), features::Value());
}

TEST_F(ContextEncoderTest, FitsOnTrainingEventsAlone) {
  const TemporaryFolder folder;
  RecordWriter writer(folder.path() / "events", schema_.RecordBytes(), 1 << 10);
  writer.Append(Record(0, 0, 0, 1, 10).data());
  writer.Append(Record(0, 0, 0, 1, 30).data());
  writer.Append(Record(0, 0, 86400, 2, 1000).data());
  writer.Close();
  const Core core = FindCore(folder.path() / "events", schema_, 1, 1, {});
  const SplitSettings split{SplitRule::kTime, "1970-01-02", "1970-01-03", {}, 0};
  const KeptEvents events(folder.path() / "events", schema_, core, split, 1, true);
  const features::FeatureGraph graph = FitContext(settings_, schema_, events);
  EXPECT_EQ(graph.categorical()[0].cardinality, 2) << "the device seen in validation alone is unknown";

  ContextEncoder encoder(graph, schema_);
  std::vector<std::vector<float>> rows;
  events.ForEach([&](const KeptEvent& event) {
    encoder.Encode(event);
    rows.push_back({static_cast<float>(encoder.Id(0)), static_cast<float>(encoder.Id(1)), encoder.Dense()[0]});
  });
  EXPECT_THAT(rows, ElementsAre(ElementsAre(1, 1, -1), ElementsAre(1, 1, 1), ElementsAre(0, 1, 98)));
}

}  // namespace
}  // namespace shortlist::data
