#include "data/prepare.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>
#include <optional>

#include "base/file.h"
#include "base/log.h"
#include "base/manifest.h"
#include "base/memory.h"
#include "base/progress.h"
#include "data/catalog.h"
#include "data/consent.h"
#include "data/context_encoder.h"
#include "data/core.h"
#include "data/dataset_description.h"
#include "data/dataset_writer.h"
#include "data/event_reader.h"
#include "data/event_schema.h"
#include "data/external_sorter.h"
#include "data/first_of_group.h"
#include "data/held_back.h"
#include "data/kept_events.h"
#include "data/parsed_files.h"
#include "data/record_file.h"
#include "data/split.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBuffer = 1 << 20;
constexpr char kTieRule[] = "Events of a shopper at equal times keep the order of the input.";

// The item columns that features may read exist.
void CheckItemFeatures(const std::vector<FeatureSettings>& features, const CatalogSource& catalog) {
  for (const FeatureSettings& feature : features) {
    const bool known = (feature.column == "title" && !catalog.title.empty()) ||
                       (feature.column == "price" && !catalog.price.empty()) ||
                       std::ranges::find(catalog.attributes, feature.column) != catalog.attributes.end();
    if (known && !catalog.paths.empty()) continue;
    throw Error(Code::kInvalidArgument, "features.item: '" + feature.column +
                                            "' is neither title nor price nor one of data.catalog.attributes; "
                                            "name the column in data.catalog");
  }
}

void CheckSettings(const Settings& settings) {
  const EventSource& events = settings.data.events;
  if (events.paths.empty()) throw Error(Code::kInvalidArgument, "data.events.paths: no files are named");
  if (events.columns.user.empty() || events.columns.item.empty()) {
    throw Error(Code::kInvalidArgument, "data.events.columns: user and item must be named");
  }
  if (events.deduplicate == Deduplication::kUserItemDay && events.columns.time.empty()) {
    throw Error(Code::kInvalidArgument, "data.events.deduplicate: user_item_day needs data.events.columns.time");
  }
  CheckSplit(settings.data.split, !events.columns.time.empty());
  CheckItemFeatures(settings.features.item, settings.data.catalog);
  const features::FeatureFitter item_check(settings.features.item);
  const features::FeatureFitter context_check(settings.features.context);
}

std::vector<SourceFile> EventFiles(const std::vector<std::string>& paths, const EventSource& events,
                                   const fs::path& base, const std::string& field) {
  return ExpandSources(paths, {field, events.format, events.delimiter}, base);
}

std::int64_t TotalBytes(const std::vector<SourceFile>& files) {
  return std::accumulate(files.begin(), files.end(), std::int64_t{0},
                         [](std::int64_t sum, const SourceFile& file) { return sum + file.bytes; });
}

std::int64_t NewestTime(const fs::path& records, const EventSchema& schema, const Core& core) {
  std::int64_t newest = 0;
  RecordReader reader(records, schema.RecordBytes(), kBuffer);
  while (const std::byte* record = reader.Next()) {
    const EventHeader event = HeaderOf(record);
    if (core.Keeps(event)) newest = std::max(newest, event.time);
  }
  return newest;
}

std::vector<std::string> TextsOf(const IdTable& table, const std::vector<std::uint32_t>& ids) {
  std::vector<std::string> texts;
  texts.reserve(ids.size());
  for (const std::uint32_t id : ids) texts.push_back(table.Text(id));
  return texts;
}

// The steps from sources to files, in the order of its member functions.
class Preparation {
 public:
  Preparation(const Settings& settings, const fs::path& base, const fs::path& directory,
              const std::optional<FittedGraphs>& fitted, const std::optional<fs::path>& parsed_files)
      : settings_(settings),
        data_(settings.data),
        split_(settings.data.split),
        fitted_(fitted),
        base_(base),
        directory_(directory),
        scratch_(directory_.path() / "scratch"),
        quarantine_(directory_.path().parent_path() / "quarantine.jsonl"),
        schema_(MakeEventSchema(data_.events.columns, settings.features.context)),
        train_files_(EventFiles(data_.events.paths, data_.events, base, "data.events")),
        test_files_(EventFiles(data_.split.test_paths, data_.events, base, "data.split.test_paths")) {
    fs::create_directory(scratch_);
    if (parsed_files) OpenParsedFiles(*parsed_files);
  }

  PrepareReport Run() {
    const std::optional<Consent> consent = ReadConsent();
    EventParser parser(data_.events, consent ? &*consent : nullptr, schema_);
    EventReader reader(parser, schema_, vocabularies_, quarantine_, parsed_ ? &*parsed_ : nullptr);
    CheckColumns(reader);
    ReadAndSort(reader);
    base::ReturnFreedMemory();  // or what sorting took would count beside what writing takes
    const Core core = FindCore(Sorted(), schema_, vocabularies_.users.size(), vocabularies_.items.size(),
                               {data_.user_core, data_.item_core});
    if (data_.user_core > 1 || data_.item_core > 1) CountFiltered("k_core", sorted_events_ - core.events);
    counts().kept = core.events;
    CheckCounts();
    if (FollowsNewest(split_)) split_ = DateSplit(split_, NewestTime(Sorted(), schema_, core));
    WriteDataset(core);
    return Finish();
  }

 private:
  fs::path Sorted() const { return scratch_ / "sorted"; }
  DatasetDescription::Counts& counts() { return description_.counts; }
  void CountFiltered(const std::string& filter, std::int64_t rows) { counts().filtered.emplace_back(filter, rows); }

  void OpenParsedFiles(const fs::path& folder);
  std::optional<Consent> ReadConsent();
  void CheckColumns(const EventReader& reader) const;
  void ReadAndSort(EventReader& reader);
  void ReadEvents(EventReader& reader, const EventReader::Sink& sink);
  void FindRepeatedIds(ExternalSorter& by_id);
  bool IsRepeated(const EventHeader& event) const {
    return event.sequence < repeated_.size() && repeated_[event.sequence];
  }
  void WriteSorted(ExternalSorter& by_user);
  void CheckCounts();
  void ReadCatalog(const KeptEvents& events, Catalog& catalog);
  void WriteDataset(const Core& core);
  void CountHeldBack();
  void StartPartsAtSplitDates();
  PrepareReport Finish();

  const Settings& settings_;
  const DataSettings& data_;
  SplitSettings split_;  // with its dates, once events are read
  const std::optional<FittedGraphs>& fitted_;
  fs::path base_;
  base::AtomicDirectory directory_;
  fs::path scratch_;
  Quarantine quarantine_;
  EventSchema schema_;
  std::vector<SourceFile> train_files_;
  std::vector<SourceFile> test_files_;
  std::optional<ParsedFiles> parsed_;
  Vocabularies vocabularies_;
  std::vector<bool> repeated_;  // by the place in the input: whether an earlier event has the same id
  std::int64_t sorted_events_ = 0;
  DatasetDescription description_;
};

void Preparation::OpenParsedFiles(const fs::path& folder) {
  std::vector<SourceFile> files = train_files_;
  files.insert(files.end(), test_files_.begin(), test_files_.end());
  try {
    parsed_.emplace(folder, data_.events, schema_, files);
  } catch (const Error& error) {
    if (error.code() != Code::kFailedPrecondition) throw;
    base::LogWarning(std::string(error.what()) + "; all files of events are read anew");
  }
}

std::optional<Consent> Preparation::ReadConsent() {
  if (data_.consent.paths.empty()) return std::nullopt;
  SourceReport report{"consent", 0, 0};
  Consent consent = Consent::Read(data_.consent, base_, quarantine_, report);
  report.CheckBadFraction(data_.max_bad_fraction, quarantine_);
  return consent;
}

void Preparation::CheckColumns(const EventReader& reader) const {
  reader.CheckColumns(train_files_);
  reader.CheckColumns(test_files_);
  Catalog(data_.catalog, 0).CheckColumns(base_);
}

void Preparation::ReadAndSort(EventReader& reader) {
  const std::size_t memory = static_cast<std::size_t>(data_.memory_mib) << (schema_.has_event_ids ? 19 : 20);
  ExternalSorter by_user(scratch_ / "by_user", schema_.RecordBytes(), ByUserAndTime, memory);
  if (schema_.has_event_ids) {
    ExternalSorter by_id(scratch_ / "by_id", sizeof(EventIdPlace), ByEventId, memory);
    ReadEvents(reader, [&](const std::byte* record) {
      const EventIdPlace place{{Slot(record, 0), Slot(record, 1)}, HeaderOf(record).sequence};
      by_id.Add(reinterpret_cast<const std::byte*>(&place));
      by_user.Add(record);
    });
    FindRepeatedIds(by_id);
  } else {
    ReadEvents(reader, [&](const std::byte* record) { by_user.Add(record); });
  }
  WriteSorted(by_user);
}

void Preparation::ReadEvents(EventReader& reader, const EventReader::Sink& sink) {
  base::Progress progress("read events", TotalBytes(train_files_) + TotalBytes(test_files_), "bytes");
  reader.Read(train_files_, Origin::kEvents, progress, sink);
  reader.Read(test_files_, Origin::kTestFiles, progress, sink);
  progress.Finish();
  counts().read = reader.report().read;
  counts().quarantined = reader.report().quarantined;
  counts().filtered = reader.filtered();
  reader.report().CheckBadFraction(data_.max_bad_fraction, quarantine_);
}

void Preparation::FindRepeatedIds(ExternalSorter& by_id) {
  std::int64_t dropped = 0;
  std::optional<std::array<std::uint64_t, 2>> last;
  by_id.Drain([&](const std::byte* record) {
    const auto [first, second, sequence] = ByEventId(record);
    const std::array id = {first, second};
    if (last == id) {
      ++dropped;
      if (repeated_.size() <= sequence) repeated_.resize(sequence + 1);
      repeated_[sequence] = true;
    }
    last = id;
  });
  CountFiltered("duplicate_event_id", dropped);
}

void Preparation::WriteSorted(ExternalSorter& by_user) {
  const Deduplication by = data_.events.deduplicate;
  FirstOfGroup group(by, vocabularies_.items.size());
  RecordWriter writer(Sorted(), schema_.RecordBytes(), kBuffer);
  std::int64_t dropped = 0;
  by_user.Drain([&](const std::byte* record) {
    const EventHeader event = HeaderOf(record);
    if (IsRepeated(event)) return;
    if (group.IsFirst(event)) {
      writer.Append(record);
      ++sorted_events_;
    } else {
      ++dropped;
    }
  });
  writer.Close();
  if (by == Deduplication::kNone) return;
  CountFiltered(by == Deduplication::kUserItem ? "duplicate_user_item" : "duplicate_user_item_day", dropped);
}

void Preparation::CheckCounts() {
  std::int64_t accounted = counts().kept + counts().quarantined;
  for (const auto& [filter, rows] : counts().filtered) accounted += rows;
  if (accounted != counts().read) {
    throw Error(Code::kInternal, "prepare: " + std::to_string(counts().read) + " rows were read, but " +
                                     std::to_string(accounted) + " are accounted for");
  }
  if (counts().kept == 0) {
    throw Error(Code::kInvalidArgument, "data.events: no event is left of " + std::to_string(counts().read) +
                                            " rows; see data.events.rules, data.user_core and data.item_core");
  }
}

void Preparation::ReadCatalog(const KeptEvents& events, Catalog& catalog) {
  const auto find = [&](std::string_view id) -> std::optional<std::size_t> {
    const std::uint32_t old_item = vocabularies_.items.Find(id);
    if (old_item == IdTable::kNone || events.NewItem(old_item) == KeptEvents::kDropped) return std::nullopt;
    return static_cast<std::size_t>(events.NewItem(old_item));
  };
  SourceReport report{"catalog", 0, 0};
  catalog.Read(base_, find, quarantine_, report);
  report.CheckBadFraction(data_.max_bad_fraction, quarantine_);
}

void Preparation::WriteDataset(const Core& core) {
  const bool has_times = !data_.events.columns.time.empty();
  const auto seed = static_cast<std::uint64_t>(settings_.seed);
  const KeptEvents events(Sorted(), schema_, core, split_, seed, has_times,
                          ChooseHeldBack(data_.split, vocabularies_.users, vocabularies_.items));
  Catalog catalog(data_.catalog, events.items().size());
  ReadCatalog(events, catalog);
  const features::FeatureGraph context = fitted_ ? features::FeatureGraph::FromJson(fitted_->context)
                                                 : FitContext(settings_.features.context, schema_, events);
  WriteParts(events, schema_, context, directory_.path(), scratch_, description_);
  CountHeldBack();
  const features::FeatureGraph items = fitted_ ? features::FeatureGraph::FromJson(fitted_->items)
                                               : FitItems(settings_.features.item, catalog, events.items().size());
  WriteItems(TextsOf(vocabularies_.items, events.items()), catalog, items, directory_.path(), description_);
  WriteUsers(TextsOf(vocabularies_.users, events.users()), directory_.path(), description_);
  counts().users = static_cast<std::int64_t>(events.users().size());
  counts().items = static_cast<std::int64_t>(events.items().size());
  description_.name = settings_.name;
  description_.seed = settings_.seed;
  description_.has_times = has_times;
  description_.split_rule = DescribeSplit(split_, seed);
  description_.tie_rule = kTieRule;
}

// What was kept and is in no part, because its item is held back from training.
void Preparation::CountHeldBack() {
  if (data_.split.new_item_share == 0) return;
  const auto& parts = counts().part_events;
  const std::int64_t written = std::accumulate(parts.begin(), parts.end(), std::int64_t{0});
  CountFiltered("new_item", counts().kept - written);
  counts().kept = written;
}

void Preparation::StartPartsAtSplitDates() {
  if (data_.split.rule != SplitRule::kTime) return;
  const SplitDates dates = ParseSplitDates(split_);
  description_.part_starts[static_cast<std::size_t>(Part::kValidation)] = dates.validation;
  description_.part_starts[static_cast<std::size_t>(Part::kTest)] = dates.test;
}

PrepareReport Preparation::Finish() {
  StartPartsAtSplitDates();
  fs::remove_all(scratch_);
  description_.files = base::ListFiles(directory_.path(), {kDescriptionFile});
  base::WriteFileAtomically(directory_.path() / kDescriptionFile, RenderDescription(description_));
  quarantine_.Commit();
  directory_.Commit();
  const DatasetDescription::Counts& counted = description_.counts;
  if (counted.quarantined > 0) {
    base::LogWarning(std::to_string(counted.quarantined) + " malformed rows are listed in '" +
                     quarantine_.path().string() + "'");
  }
  return {counted.read,  counted.kept,           counted.quarantined,    counted.filtered,       counted.users,
          counted.items, counted.part_events[0], counted.part_events[1], counted.part_events[2], 0};
}

}  // namespace

PrepareReport Prepare(const Settings& settings, const fs::path& base, const fs::path& directory,
                      const std::optional<FittedGraphs>& fitted, const std::optional<fs::path>& parsed_files) {
  const auto start = std::chrono::steady_clock::now();
  CheckSettings(settings);
  PrepareReport report = Preparation(settings, base, directory, fitted, parsed_files).Run();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace shortlist::data
