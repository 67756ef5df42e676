#include "train/small_retailer.h"

#include <fstream>
#include <string>

#include "data/prepare.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;

constexpr int kShoppers = 80;
constexpr int kEvents = 12;
constexpr int kGroups = 4;
constexpr int kItemsPerGroup = 10;

void WriteEvents(const fs::path& path) {
  std::ofstream out(path);
  out << "user,item,time,device\n";
  for (int user = 0; user < kShoppers; ++user) {
    for (int event = 0; event < kEvents; ++event) {
      const int item = user % kGroups * kItemsPerGroup + (user * 7 + event * 3 + event * event / 2) % kItemsPerGroup;
      out << "u" << user << ",i" << item << "," << 1'700'000'000 + (event * kShoppers + user) * 3600 << ","
          << (user % 3 == 0 ? "phone" : "desk") << "\n";
    }
  }
}

void WriteCatalog(const fs::path& path) {
  std::ofstream out(path);
  out << "item,category\n";
  for (int item = 0; item < kGroups * kItemsPerGroup; ++item) out << "i" << item << ",c" << item % 7 << "\n";
}

}  // namespace

Settings SmallSettings() {
  Settings settings;
  settings.name = "small";
  settings.threads = 1;
  settings.data.events.paths = {"events.csv"};
  settings.data.events.columns.time = "time";
  settings.data.events.columns.context = {"device"};
  settings.data.catalog.paths = {"catalog.csv"};
  settings.data.catalog.attributes = {"category"};
  settings.features.item = {{.name = "category", .column = "category"}};
  settings.features.context = {{.name = "device", .column = "device"}};
  settings.model.dimension = 8;
  settings.model.user_hidden = {16};
  settings.model.item_hidden = {16};
  settings.model.history.pools.resize(2);
  settings.model.history.pools[1] = {.weighting = PoolWeighting::kTimeDecay, .half_life_days = 3};
  settings.model.learn_temperature = true;
  settings.model.dropout = 0.1;
  settings.evaluate.seen = {SeenRule::kAllow};
  settings.train.epochs = 2;
  settings.train.batch_size = 64;
  settings.train.weight_average_decay = 0.8;
  settings.train.optimizer.embedding_rate = 0.02;
  settings.train.optimizer.dense_rate = 0.01;
  return settings;
}

data::Dataset PrepareSmallRetailer(const Settings& settings, const fs::path& directory) {
  WriteEvents(directory / "events.csv");
  WriteCatalog(directory / "catalog.csv");
  data::Prepare(settings, directory, directory / "dataset");
  return data::Dataset::Open(directory / "dataset");
}

}  // namespace shortlist::train
