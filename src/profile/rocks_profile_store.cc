#include "profile/rocks_profile_store.h"

#include <rocksdb/compaction_filter.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "base/clock.h"
#include "base/file.h"
#include "profile/bytes.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

// In the column family of profiles, where shoppers' keys begin with another letter.
constexpr std::string_view kAppliedKey = "a";
constexpr char kShopperMark = 's';

constexpr std::size_t kBlockCacheBytes = 64 << 20;
constexpr double kBloomBitsPerKey = 10;

rocksdb::Slice SliceOf(std::string_view text) {
  return {text.data(), text.size()};
}

std::string ShopperKey(std::string_view shopper) {
  return kShopperMark + std::string(shopper);
}

std::string NumberBytes(std::uint64_t number) {
  ByteWriter writer;
  writer.Number(number);
  return writer.bytes();
}

void Check(const rocksdb::Status& status, const std::string& action) {
  if (status.ok()) return;
  const Code code = status.IsCorruption() ? Code::kDataLoss : Code::kUnavailable;
  throw Error(code, "cannot " + action + " the profiles of shoppers: " + status.ToString());
}

// Drops what was received too long ago.
class ForgetOld final : public rocksdb::CompactionFilter {
 public:
  explicit ForgetOld(std::int64_t keep_seconds) : keep_seconds_(keep_seconds) {}

  bool Filter(int /*level*/, const rocksdb::Slice& /*key*/, const rocksdb::Slice& value, std::string* /*new_value*/,
              bool* /*changed*/) const override {
    const std::uint64_t received = ByteReader({value.data(), value.size()}).Number();
    return static_cast<std::int64_t>(received) + keep_seconds_ < base::UnixSeconds();
  }
  const char* Name() const override { return "shortlist.ForgetOld"; }

 private:
  std::int64_t keep_seconds_;
};

rocksdb::ColumnFamilyOptions FamilyOptions() {
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.block_cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

struct RocksProfileStore::State {
  explicit State(StoreMemory memory)
      : forget_event_ids(memory.event_id_seconds), forget_erased(memory.erasure_seconds) {}
  ~State() {
    for (rocksdb::ColumnFamilyHandle* family : {profiles, event_ids, erased}) {
      if (family != nullptr) database->DestroyColumnFamilyHandle(family);
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::optional<std::string> Get(rocksdb::ColumnFamilyHandle* family, std::string_view key) const {
    std::string value;
    const rocksdb::Status status = database->Get(rocksdb::ReadOptions(), family, SliceOf(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    Check(status, "read");
    return value;
  }

  std::optional<std::int64_t> TimeOf(rocksdb::ColumnFamilyHandle* family, std::string_view key) const {
    const auto bytes = Get(family, key);
    if (!bytes) return std::nullopt;
    return static_cast<std::int64_t>(ByteReader(*bytes).Number());
  }

  // Has files rewritten that hold what was deleted, also those that RocksDB would leave.
  void Compact(rocksdb::ColumnFamilyHandle* family) const {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    Check(database->CompactRange(options, family, nullptr, nullptr), "compact");
  }

  ForgetOld forget_event_ids;
  ForgetOld forget_erased;
  std::unique_ptr<rocksdb::DB> database;
  rocksdb::ColumnFamilyHandle* profiles = nullptr;
  rocksdb::ColumnFamilyHandle* event_ids = nullptr;
  rocksdb::ColumnFamilyHandle* erased = nullptr;
};

RocksProfileStore::RocksProfileStore(const std::filesystem::path& directory, StoreMemory memory)
    : state_(std::make_unique<State>(memory)) {
  base::MakeDirectories(directory);
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.keep_log_file_num = 2;
  // The list of files names the first and the last shopper of each, so it is written anew at each change.
  options.max_manifest_file_size = 1;
  // The log has what a crash of the machine may take from the end of this one.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  rocksdb::ColumnFamilyOptions event_ids = FamilyOptions();
  event_ids.compaction_filter = &state_->forget_event_ids;
  rocksdb::ColumnFamilyOptions erased = FamilyOptions();
  erased.compaction_filter = &state_->forget_erased;
  const std::vector<rocksdb::ColumnFamilyDescriptor> families{
      {rocksdb::kDefaultColumnFamilyName, FamilyOptions()}, {"event_ids", event_ids}, {"erased", erased}};
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* database = nullptr;
  Check(rocksdb::DB::Open(options, directory.string(), families, &handles, &database), "open");
  state_->database.reset(database);
  state_->profiles = handles[0];
  state_->event_ids = handles[1];
  state_->erased = handles[2];
}

RocksProfileStore::~RocksProfileStore() = default;

std::optional<Profile> RocksProfileStore::Find(std::string_view shopper) const {
  const auto bytes = state_->Get(state_->profiles, ShopperKey(shopper));
  if (!bytes) return std::nullopt;
  return ProfileFrom(*bytes);
}

std::vector<StoredProfile> RocksProfileStore::Read(std::span<const std::string> shoppers) const {
  std::vector<StoredProfile> profiles;
  profiles.reserve(shoppers.size());
  for (const std::string& shopper : shoppers) profiles.push_back({Find(shopper).value_or(Profile())});
  return profiles;
}

void RocksProfileStore::ForEachShopper(std::size_t most, const VisitShoppers& visit) const {
  const std::unique_ptr<rocksdb::Iterator> place(
      state_->database->NewIterator(rocksdb::ReadOptions(), state_->profiles));
  std::vector<std::string> shoppers;
  for (place->Seek(ShopperKey("")); place->Valid(); place->Next()) {
    const std::string_view key(place->key().data(), place->key().size());
    if (key.front() != kShopperMark) break;
    shoppers.emplace_back(key.substr(1));
    if (shoppers.size() < most) continue;
    visit(shoppers);
    shoppers.clear();
  }
  Check(place->status(), "read");
  if (!shoppers.empty()) visit(shoppers);
}

std::vector<Recorder> RocksProfileStore::RecordersOf(std::span<const std::string> event_ids) const {
  std::vector<Recorder> recorders;
  recorders.reserve(event_ids.size());
  for (const std::string& id : event_ids) {
    const bool known = state_->Get(state_->event_ids, id).has_value();
    recorders.push_back(known ? Recorder::kThisServer : Recorder::kNobody);
  }
  return recorders;
}

std::optional<std::int64_t> RocksProfileStore::ErasedAt(std::string_view erased) const {
  return state_->TimeOf(state_->erased, erased);
}

Announcements RocksProfileStore::AnnouncedAfter(std::uint64_t place) const {
  return {{}, place};
}

std::uint64_t RocksProfileStore::applied() const {
  const auto bytes = state_->Get(state_->profiles, kAppliedKey);
  return bytes ? ByteReader(*bytes).Number() : 0;
}

Committed RocksProfileStore::Commit(const StoreChanges& changes) {
  if (applied() != changes.follows) return Committed::kBehind;
  rocksdb::WriteBatch batch;
  for (const auto& [shopper, changed] : changes.profiles) {
    const std::string key = ShopperKey(shopper);
    Check(changed.profile == Profile() ? batch.Delete(state_->profiles, key)
                                       : batch.Put(state_->profiles, key, ToBytes(changed.profile)),
          "write");
  }
  const auto put_times = [&](rocksdb::ColumnFamilyHandle* family, const auto& times) {
    for (const auto& [id, received] : times) {
      Check(batch.Put(family, id, NumberBytes(static_cast<std::uint64_t>(received))), "write");
    }
  };
  put_times(state_->event_ids, changes.event_ids);
  put_times(state_->erased, changes.erased);
  Check(batch.Put(state_->profiles, SliceOf(kAppliedKey), NumberBytes(changes.applied)), "write");
  Check(state_->database->Write(rocksdb::WriteOptions(), &batch), "write");
  return Committed::kDone;
}

void RocksProfileStore::Sync() {
  Check(state_->database->FlushWAL(true), "flush");
}

void RocksProfileStore::Scrub() {
  // Profiles first: the list of files that is written after a compaction still names those that it replaced, and only
  // the next list does not. Of an erasure there is always something to compact last.
  for (rocksdb::ColumnFamilyHandle* family : {state_->profiles, state_->event_ids, state_->erased}) {
    state_->Compact(family);
  }
}

}  // namespace shortlist::profile
