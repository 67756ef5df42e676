#include "index/publish.h"

#include <algorithm>
#include <system_error>

#include "base/file.h"
#include "base/manifest.h"
#include "index/bundle_files.h"
#include "index/bundle_manifest.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

namespace fs = std::filesystem;

void CopyFile(const fs::path& from, const fs::path& to) {
  base::MakeDirectories(to.parent_path());
  std::error_code failure;
  fs::copy_file(from, to, failure);
  if (failure) throw Error(Code::kUnavailable, "cannot write '" + to.string() + "': " + failure.message());
}

bool AreEqual(const std::vector<base::FileEntry>& a, const std::vector<base::FileEntry>& b) {
  return std::ranges::equal(a, b,
                            [](const auto& x, const auto& y) { return x.name == y.name && x.sha256 == y.sha256; });
}

bool IsThere(const fs::path& place, const BundleManifest& manifest) {
  if (!fs::exists(place)) return false;
  if (AreEqual(ReadManifest(place / kManifestFile).manifest.files, manifest.files)) return true;
  throw Error(Code::kAlreadyExists, "'" + place.string() + "' is another bundle; remove it or publish elsewhere");
}

// The manifest of the copy.
std::string PassedJson(StoredManifest stored, const std::optional<fs::path>& served, RecallGate gate) {
  BundleManifest& manifest = stored.manifest;
  const std::size_t before = manifest.forced.size();
  const auto worse =
      served ? WorseThan(ReadManifest(*served / kManifestFile).manifest, manifest) : std::optional<std::string>();
  Pass(gate, "publish", {ShortOfTarget(manifest), worse}, manifest);
  return manifest.forced.size() == before ? stored.json : ToJson(manifest);
}

}  // namespace

std::string PublishBundle(const fs::path& bundle, const fs::path& models, const std::optional<fs::path>& served,
                          RecallGate gate) {
  const StoredManifest stored = ReadManifest(bundle / kManifestFile);
  const BundleManifest& manifest = stored.manifest;
  const fs::path place = models / manifest.version;
  base::RemoveAbandonedDirectories(models);
  if (IsThere(place, manifest)) return manifest.version;
  const std::string json = PassedJson(stored, served, gate);
  base::VerifyFiles(bundle, manifest.files);
  base::AtomicDirectory copy(place);
  for (const base::FileEntry& file : manifest.files) CopyFile(bundle / file.name, copy.path() / file.name);
  base::WriteFileAtomically(copy.path() / kManifestFile, json);
  base::VerifyFiles(copy.path(), manifest.files);
  copy.Commit();
  return manifest.version;
}

}  // namespace shortlist::index
