#include "e2e/retailer.h"

#include <algorithm>

#include "base/file.h"
#include "base/settings_json.h"

namespace shortlist::e2e {

void Retailer::SetUp() {
  const Settings settings = MakeSettings();
  config_ = WriteConfiguration(settings, "retailer.yaml");
  Succeed({"synthesize", config_.string(), "--out", (scratch_ / "source").string()});
}

Settings Retailer::MakeSettings(const std::string& artifacts) const {
  Settings settings;
  settings.name = "tiny";
  settings.directory = (scratch_ / artifacts).string();
  settings.threads = 1;
  settings.synthesize.users = 300;
  settings.synthesize.items = 120;
  settings.synthesize.events = 6000;
  settings.synthesize.days = 60;
  settings.synthesize.categories = 6;
  EventSource& events = settings.data.events;
  events.paths = {"source/events.csv"};
  events.columns.time = "time";
  events.columns.event_id = "event_id";
  events.columns.context = {"device", "country"};
  CatalogSource& catalog = settings.data.catalog;
  catalog.paths = {"source/catalog.csv"};
  catalog.title = "title";
  catalog.price = "price";
  catalog.attributes = {"category", "brand"};
  settings.data.consent.paths = {"source/consent.csv"};
  settings.data.max_bad_fraction = 0.05;
  settings.features.item = {{"", "category"}, {"", "price", TransformKind::kQuantile, 8}};
  settings.features.context = {{"", "device"}, {"hour", "time", TransformKind::kHourOfDay}};
  settings.model.dimension = 16;
  settings.model.user_hidden = {16};
  settings.train.epochs = 2;
  settings.train.batch_size = 256;
  settings.train.early_stop.patience = 0;
  settings.evaluate.k = {10};
  settings.evaluate.bootstrap_samples = 50;
  return settings;
}

std::filesystem::path Retailer::WriteConfiguration(const Settings& settings, const std::string& name) const {
  std::filesystem::path path = scratch_ / name;
  base::WriteFileAtomically(path, base::SettingsToJson(settings));  // JSON is YAML
  return path;
}

Outcome Retailer::Succeed(const std::vector<std::string>& arguments) const {
  Outcome outcome = Shortlist(arguments);
  EXPECT_EQ(outcome.status, 0) << "shortlist " << arguments.front() << "\n" << outcome.out << outcome.err;
  return outcome;
}

std::vector<std::filesystem::path> FilesBelow(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace shortlist::e2e
