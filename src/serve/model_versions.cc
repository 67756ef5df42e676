#include "serve/model_versions.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "base/log.h"
#include "base/memory.h"
#include "serve/kept_versions.h"
#include "serve/version_loader.h"
#include "serve/version_policy.h"

namespace shortlist::serve {
namespace {

constexpr std::uint64_t kMebibyte = 1 << 20;

bool IsOf(const auto& loaded, const VersionOnDisk& version) {
  return loaded && loaded->source.name == version.name && loaded->source.fingerprint == version.fingerprint;
}

std::string NameOf(const auto& loaded) {
  return loaded ? loaded->source.name : std::string();
}

auto SnapshotOf(const auto& loaded) {
  return loaded ? loaded->snapshot : nullptr;
}

std::string Listed(const std::vector<VersionOnDisk>& versions) {
  std::string names;
  for (const VersionOnDisk& version : versions) names += (names.empty() ? "" : ", ") + version.name;
  return names.empty() ? "none" : names;
}

}  // namespace

ModelVersions::ModelVersions(VersionSettings settings, std::filesystem::path directory, RetrievalService& retrieval,
                             LiveCatalog* catalog)
    : configured_(std::move(settings)),
      directory_(std::move(directory)),
      retrieval_(retrieval),
      catalog_(catalog),
      wanted_(configured_) {}

void ModelVersions::Start() {
  const std::lock_guard working(work_);
  versions_ = ListVersions(directory_);
  TakeUpKept();
  Apply();
  if (!stable_ && !SameChoice(wanted_, configured_)) {
    base::LogError(
        std::string("what was activated before the restart cannot be served, so the settings are followed: ") +
        WhyNothingServes().what());
    wanted_ = configured_;
    Apply();
  }
  if (!stable_) throw WhyNothingServes();
}

void ModelVersions::Refresh() {
  const std::lock_guard working(work_);
  Look();
  Apply();
}

void ModelVersions::ActivateStable(const std::string& name) {
  const std::lock_guard working(work_);
  VersionSettings wanted = wanted_;
  if (wanted.policy == VersionPolicy::kLatest) wanted.policy = VersionPolicy::kPinned;
  wanted.stable = name;
  Try(wanted, name);
  Keep();
}

void ModelVersions::ActivateCanary(const std::string& name, double percent) {
  const std::lock_guard working(work_);
  VersionSettings wanted = wanted_;
  wanted.policy = VersionPolicy::kLabels;
  wanted.stable = NameOf(stable_);
  wanted.canary = name;
  wanted.canary_percent = percent;
  Try(wanted, name);
  Keep();
}

void ModelVersions::Rollback() {
  const std::lock_guard working(work_);
  if (previous_.empty()) throw Error(Code::kFailedPrecondition, "no other version has been stable since the start");
  VersionSettings wanted = wanted_;
  wanted.policy = VersionPolicy::kPinned;
  wanted.stable = previous_;
  Try(wanted, wanted.stable);
  Keep();
}

void ModelVersions::Follow() {
  const std::lock_guard working(work_);
  wanted_ = configured_;
  Look();
  Apply();
  Keep();
}

// What was wanted before a restart, unless the settings say something else since then.
void ModelVersions::TakeUpKept() {
  if (configured_.state.empty()) return;
  RequireWritableState(configured_.state);
  const std::optional<KeptVersions> kept = ReadKeptVersions(configured_.state);
  if (!kept) return;
  if (!SameChoice(kept->configured, configured_)) {
    base::LogInfo("the settings of versions are others than when '" + configured_.state + "' was written; they hold");
    return;
  }
  wanted_ = WithChoice(configured_, kept->wanted);
  previous_ = kept->previous;
  base::LogInfo("serving what was activated before the restart ('" + configured_.state + "')");
}

// What is wanted serves by now and must go on even if it cannot be kept, as in a rollback on a full disk.
void ModelVersions::Keep() {
  std::string warning;
  try {
    if (SameChoice(wanted_, configured_)) {
      if (!configured_.state.empty()) ForgetVersions(configured_.state);
    } else if (configured_.state.empty()) {
      warning = "a restart will follow the settings again, because serve.versions.state names no file";
    } else {
      KeepVersions(configured_.state, {configured_, wanted_, previous_});
    }
  } catch (const Error& error) {
    warning = std::string("a restart will not know of this change: ") + error.what();
    base::LogError(warning);
  }
  const std::lock_guard publishing(published_);
  warning_ = std::move(warning);
}

// Makes `wanted` what is wanted if `name`, which is part of it, then serves; else all stays as it was.
void ModelVersions::Try(const VersionSettings& wanted, const std::string& name) {
  Look();
  if (Find(name) == nullptr) {
    throw Error(Code::kNotFound,
                "there is no version '" + name + "' in '" + directory_.string() + "'; there are: " + Listed(versions_));
  }
  refusals_.erase(name);
  const VersionSettings before = std::exchange(wanted_, wanted);
  Apply();
  const auto refusal = refusals_.find(name);
  if (refusal == refusals_.end() && Find(name)->complete) return;
  wanted_ = before;
  Apply();
  throw refusal == refusals_.end() ? Error(Code::kFailedPrecondition, "version '" + name + "' has no manifest.json yet")
                                   : refusal->second.error;
}

void ModelVersions::Look() {
  try {
    versions_ = ListVersions(directory_);
    last_problem_.clear();
  } catch (const Error& error) {
    if (last_problem_ != error.what()) base::LogError(std::string("model directory: ") + error.what());
    last_problem_ = error.what();
  }
}

void ModelVersions::Apply() {
  // Each refusal may make another version the newest sound one.
  for (;;) {
    const std::string name = Wanted(wanted_, SoundNames()).stable;
    if (name.empty() || WouldGoBack(name)) break;
    const std::optional<Loaded> obtained = Obtain(name);
    if (obtained) GiveTraffic(obtained, canary_);
    if (obtained || wanted_.policy != VersionPolicy::kLatest) break;
  }
  const std::string canary = Wanted(wanted_, SoundNames()).canary;
  if (canary.empty()) {
    GiveTraffic(stable_, std::nullopt);
  } else if (const std::optional<Loaded> obtained = Obtain(canary)) {
    GiveTraffic(stable_, obtained);
  }
  Publish();
}

const VersionOnDisk* ModelVersions::Find(const std::string& name) const {
  const auto found = std::ranges::find(versions_, name, &VersionOnDisk::name);
  return found == versions_.end() ? nullptr : &*found;
}

bool ModelVersions::IsSound(const VersionOnDisk& version) const {
  const auto refusal = refusals_.find(version.name);
  return version.complete && (refusal == refusals_.end() || refusal->second.fingerprint != version.fingerprint);
}

std::vector<std::string> ModelVersions::SoundNames() const {
  std::vector<std::string> names;
  for (const VersionOnDisk& version : versions_) {
    if (IsSound(version)) names.push_back(version.name);
  }
  return names;
}

// Whether following the newest would lead to an older version than the one that serves and is still there: when what is
// there now is refused, what was loaded of it serves on.
bool ModelVersions::WouldGoBack(const std::string& name) const {
  if (wanted_.policy != VersionPolicy::kLatest || !stable_) return false;
  const VersionOnDisk* serving = Find(stable_->source.name);
  return serving != nullptr && Find(name) < serving;
}

// The version of that name as it is on disk now, loaded before or now; nothing if it is not there or refused.
std::optional<ModelVersions::Loaded> ModelVersions::Obtain(const std::string& name) {
  const VersionOnDisk* version = Find(name);
  if (version == nullptr || !IsSound(*version)) return std::nullopt;
  if (IsOf(stable_, *version)) return stable_;
  if (IsOf(canary_, *version)) return canary_;
  return Load(*version);
}

std::optional<ModelVersions::Loaded> ModelVersions::Load(const VersionOnDisk& version) {
  loading_ = version.name;
  Publish();
  std::optional<Loaded> loaded;
  try {
    loaded = Loaded{version, LoadVersion(version.path, static_cast<std::uint64_t>(wanted_.memory_mib) * kMebibyte)};
    if (catalog_ != nullptr) catalog_->Attach(loaded->snapshot);
    refusals_.erase(version.name);
    const std::lock_guard publishing(published_);
    ++counts_.loaded;
  } catch (const Error& error) {
    loaded.reset();
    Refuse(version, error);
  } catch (const std::bad_alloc&) {
    Refuse(version, {Code::kResourceExhausted, "memory ran out while it was loaded"});
  } catch (const std::exception& failure) {
    Refuse(version, {Code::kInternal, failure.what()});
  }
  loading_.clear();
  return loaded;
}

void ModelVersions::Refuse(const VersionOnDisk& version, const Error& error) {
  refusals_.insert_or_assign(version.name, Refusal{version.fingerprint, error});
  base::LogError("version '" + version.name + "' is refused: " + error.what() +
                 (stable_ ? "; '" + stable_->source.name + "' serves on" : ""));
  const std::lock_guard publishing(published_);
  ++counts_.refused;
}

void ModelVersions::GiveTraffic(std::optional<Loaded> stable, std::optional<Loaded> canary) {
  if (NameOf(canary) == NameOf(stable)) canary.reset();
  retrieval_.Direct({SnapshotOf(stable), SnapshotOf(canary), wanted_.canary_percent});
  std::optional<Loaded> old_stable = std::exchange(stable_, std::move(stable));
  const std::optional<Loaded> old_canary = std::exchange(canary_, std::move(canary));
  if (SnapshotOf(stable_) != SnapshotOf(old_stable)) {
    base::LogInfo("version '" + stable_->source.name + "' (bundle " + stable_->snapshot->bundle().version() +
                  ") takes traffic");
    if (old_stable && NameOf(old_stable) != NameOf(stable_)) previous_ = NameOf(old_stable);
  }
  if (SnapshotOf(canary_) != SnapshotOf(old_canary)) {
    base::LogInfo(canary_ ? "version '" + NameOf(canary_) + "' is the canary" : "there is no canary any more");
  }
  Retire(old_stable);
  Retire(old_canary);
}

void ModelVersions::Retire(const std::optional<Loaded>& loaded) {
  const auto snapshot = SnapshotOf(loaded);
  if (snapshot == nullptr || snapshot == SnapshotOf(stable_) || snapshot == SnapshotOf(canary_)) return;
  const std::lock_guard publishing(published_);
  retired_.push_back(snapshot);
}

std::size_t ModelVersions::FreeRetired() {
  std::vector<std::shared_ptr<const ServingSnapshot>> free;
  std::size_t left = 0;
  {
    const std::lock_guard publishing(published_);
    // A count of one is final: nobody else can get hold of the snapshot any more.
    const auto used =
        std::partition(retired_.begin(), retired_.end(), [](const auto& snapshot) { return snapshot.use_count() > 1; });
    free.assign(std::make_move_iterator(used), std::make_move_iterator(retired_.end()));
    retired_.erase(used, retired_.end());
    counts_.freed += static_cast<std::int64_t>(free.size());
    left = retired_.size();
  }
  const bool some = !free.empty();
  free.clear();
  if (some) base::ReturnFreedMemory();
  return left;
}

VersionStatus ModelVersions::StatusOf(const VersionOnDisk& version) const {
  VersionStatus status{version.name, VersionState::kAvailable, {}, {}};
  const auto refusal = refusals_.find(version.name);
  if (!IsSound(version)) {
    status.state = version.complete ? VersionState::kRefused : VersionState::kIncomplete;
    status.reason = version.complete ? refusal->second.error.what() : "it has no manifest.json yet";
  }
  for (const auto& [loaded, state] :
       {std::pair(&stable_, VersionState::kStable), std::pair(&canary_, VersionState::kCanary)}) {
    if (NameOf(*loaded) != version.name) continue;
    status.state = state;
    status.bundle_version = (*loaded)->snapshot->bundle().version();
  }
  if (loading_ == version.name) status.state = VersionState::kLoading;
  return status;
}

void ModelVersions::Publish() {
  std::vector<VersionStatus> statuses;
  for (const std::optional<Loaded>* loaded : {&stable_, &canary_}) {
    if (*loaded && Find((*loaded)->source.name) == nullptr) {
      statuses.push_back(StatusOf((*loaded)->source));
      statuses.back().reason = "it is gone from the directory";
    }
  }
  for (const VersionOnDisk& version : versions_) statuses.push_back(StatusOf(version));
  const std::lock_guard publishing(published_);
  statuses_ = std::move(statuses);
}

std::vector<VersionStatus> ModelVersions::List() const {
  const std::lock_guard publishing(published_);
  return statuses_;
}

std::string ModelVersions::warning() const {
  const std::lock_guard publishing(published_);
  return warning_;
}

VersionCounts ModelVersions::counts() const {
  const std::lock_guard publishing(published_);
  return counts_;
}

Error ModelVersions::WhyNothingServes() const {
  const bool latest = wanted_.policy == VersionPolicy::kLatest;
  for (auto version = versions_.rbegin(); version != versions_.rend(); ++version) {
    const auto refusal = refusals_.find(version->name);
    if (refusal != refusals_.end() && (latest || version->name == wanted_.stable)) return refusal->second.error;
  }
  if (!latest && Find(wanted_.stable) == nullptr) {
    return {Code::kNotFound, "there is no version '" + wanted_.stable + "' (serve.versions.stable) in '" +
                                 directory_.string() + "'; there are: " + Listed(versions_)};
  }
  return {Code::kNotFound, "'" + directory_.string() +
                               "' is no bundle and holds none: neither it nor a folder in it has a manifest.json; make "
                               "one with: shortlist index CONFIG"};
}

}  // namespace shortlist::serve
