// Follows a model directory: loads the versions that are wanted, gives them traffic, and lets the others go.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "serve/live_catalog.h"
#include "serve/model_directory.h"
#include "serve/retrieval.h"
#include "shortlist/error.h"
#include "shortlist/settings/serve_versions.h"

namespace shortlist::serve {

enum class VersionState { kAvailable, kIncomplete, kLoading, kStable, kCanary, kRefused };

struct VersionStatus {
  std::string name;
  VersionState state = VersionState::kAvailable;
  std::string bundle_version;  // that answers carry; of versions that have been loaded
  std::string reason;          // why it was refused, or is incomplete
};

// Since the start.
struct VersionCounts {
  std::int64_t loaded = 0;
  std::int64_t refused = 0;
  std::int64_t freed = 0;
};

// Thread-safe. A version is loaded beside those that serve, takes traffic in one step, and the one that it replaces is
// freed by FreeRetired once no answer refers to it, never on the thread of a request. A version that cannot be loaded
// is refused: it is not tried again until it changes on disk or is asked for by name, and what serves goes on serving.
class ModelVersions {
 public:
  // `retrieval` gets the traffic and must outlive this, and so must `catalog`, whose changes every version follows from
  // before it takes traffic; null for none.
  ModelVersions(VersionSettings settings, std::filesystem::path directory, RetrievalService& retrieval,
                LiveCatalog* catalog = nullptr);

  // The first look. Throws why no version serves after it, naming the file or the version at fault.
  void Start();
  // Looks at the directory and loads what is wanted and new. Never throws; logs what it refuses.
  void Refresh();

  // Change what is wanted until Follow, and return when it serves; a restart does not end it if settings.state names a
  // file that can be written. Throw Error{kNotFound} for a name that is not in the directory and why a version is
  // refused; what served before serves on then.
  void ActivateStable(const std::string& name);
  void ActivateCanary(const std::string& name, double percent);
  // Back to the stable version that served before the present one. Throws Error{kFailedPrecondition} if there was none.
  void Rollback();
  // Back to the settings.
  void Follow();

  std::vector<VersionStatus> List() const;  // in the order of the directory
  VersionCounts counts() const;
  // Why a restart will forget what is wanted; empty if it will not.
  std::string warning() const;

  // Frees retired versions that no answer refers to any more; returns how many are left.
  std::size_t FreeRetired();

 private:
  struct Loaded {
    VersionOnDisk source;
    std::shared_ptr<const ServingSnapshot> snapshot;
  };
  struct Refusal {
    std::string fingerprint;
    Error error;
  };

  void TakeUpKept();
  void Keep();
  void Look();
  void Apply();
  void Try(const VersionSettings& wanted, const std::string& name);
  const VersionOnDisk* Find(const std::string& name) const;
  std::vector<std::string> SoundNames() const;
  bool IsSound(const VersionOnDisk& version) const;
  bool WouldGoBack(const std::string& name) const;
  std::optional<Loaded> Obtain(const std::string& name);
  std::optional<Loaded> Load(const VersionOnDisk& version);
  void Refuse(const VersionOnDisk& version, const Error& error);
  void GiveTraffic(std::optional<Loaded> stable, std::optional<Loaded> canary);
  void Retire(const std::optional<Loaded>& loaded);
  VersionStatus StatusOf(const VersionOnDisk& version) const;
  void Publish();
  Error WhyNothingServes() const;

  const VersionSettings configured_;
  const std::filesystem::path directory_;
  RetrievalService& retrieval_;
  LiveCatalog* const catalog_;

  // Held while versions are looked at and loaded, which may take minutes.
  std::mutex work_;
  VersionSettings wanted_;
  std::vector<VersionOnDisk> versions_;
  std::map<std::string, Refusal> refusals_;
  std::optional<Loaded> stable_;
  std::optional<Loaded> canary_;
  std::string loading_;
  std::string previous_;      // stable before the present one
  std::string last_problem_;  // of the directory, to log it once

  // Held for moments.
  mutable std::mutex published_;
  std::vector<VersionStatus> statuses_;
  std::string warning_;
  VersionCounts counts_;
  std::vector<std::shared_ptr<const ServingSnapshot>> retired_;
};

}  // namespace shortlist::serve
