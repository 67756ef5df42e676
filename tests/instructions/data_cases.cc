// From events on disk to the batches of training.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/progress.h"
#include "data/event_reader.h"
#include "data/event_schema.h"
#include "features/history_encoder.h"
#include "instructions/hot_case.h"
#include "train/small_retailer.h"
#include "train/training_data.h"

namespace shortlist {
namespace {

constexpr int kRowsOfEvents = 20'000;

data::SourceFile WriteEvents(const std::filesystem::path& path) {
  std::ofstream out(path);
  out << "user,item,time,event_type\n";
  for (int row = 0; row < kRowsOfEvents; ++row) {
    out << "shopper-" << row * 7919 % 2003 << ",item-" << row * 104729 % 997 << "," << 1'700'000'000 + row << ","
        << (row % 3 == 0 ? "view" : "purchase") << "\n";
  }
  return {path.string(), SourceFormat::kCsv, ',', 0};
}

// Reads a file of events: rows, rules, ids.
Work ReadEvents(const std::filesystem::path& folder) {
  return [folder, file = WriteEvents(folder / "events.csv")] {
    EventSource source;
    source.columns.time = "time";
    source.rules = {{"purchases", "event_type", RuleOperator::kEquals, {"purchase"}}};
    data::EventSchema schema = data::MakeEventSchema(source.columns, {});
    data::EventParser parser(source, nullptr, schema);
    data::Quarantine quarantine(folder / "quarantine.jsonl");
    data::Vocabularies vocabularies;
    data::EventReader reader(parser, schema, vocabularies, quarantine);
    base::Progress progress("events", 0, "bytes");
    reader.Read({file}, data::Origin::kEvents, progress, [](const std::byte* /*record*/) {});
  };
}

// What TrainingData refers to lives as long as it.
struct Shop {
  explicit Shop(const std::filesystem::path& folder)
      : dataset(train::PrepareSmallRetailer(settings, folder)), training(settings, dataset, {}) {
    training.plan().StartEpoch(0);
  }

  Settings settings = train::SmallSettings();
  data::Dataset dataset;
  train::TrainingData training;
};

Work BuildBatches(const std::filesystem::path& folder) {
  auto shop = std::make_shared<Shop>(folder);
  return [shop] {
    for (std::int64_t batch = 0; batch < shop->training.plan().batches(); ++batch) shop->training.Build(0, batch);
  };
}

Work EncodeHistories(const std::filesystem::path& /*folder*/) {
  constexpr int kShoppers = 256;
  constexpr int kEvents = 50;
  std::vector<std::int32_t> items(kEvents);
  std::vector<std::int64_t> times(kEvents);
  for (int event = 0; event < kEvents; ++event) {
    items[static_cast<std::size_t>(event)] = event * 31;
    times[static_cast<std::size_t>(event)] = 1'700'000'000 + event * 3600;
  }
  HistorySettings settings;
  settings.pools.resize(2);
  settings.pools[1] = {.weighting = PoolWeighting::kTimeDecay, .half_life_days = 3};
  return [items, times, encoder = features::HistoryEncoder(settings)] {
    base::QueryBatch batch;
    for (int shopper = 0; shopper < kShoppers; ++shopper) encoder.Append({items, times}, times.back() + 1, batch);
  };
}

}  // namespace

std::vector<HotCase> DataCases() {
  return {{"read_events", ReadEvents}, {"build_batches", BuildBatches}, {"encode_histories", EncodeHistories}};
}

}  // namespace shortlist
