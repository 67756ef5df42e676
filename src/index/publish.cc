#include "index/publish.h"

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

bool IsThere(const fs::path& place, const StoredManifest& stored) {
  if (!fs::exists(place)) return false;
  if (ReadManifest(place / kManifestFile).json == stored.json) return true;
  throw Error(Code::kAlreadyExists, "'" + place.string() + "' is another bundle; remove it or publish elsewhere");
}

}  // namespace

std::string PublishBundle(const fs::path& bundle, const fs::path& models) {
  const StoredManifest stored = ReadManifest(bundle / kManifestFile);
  const BundleManifest& manifest = stored.manifest;
  const fs::path place = models / manifest.version;
  if (IsThere(place, stored)) return manifest.version;
  base::VerifyFiles(bundle, manifest.files);
  base::AtomicDirectory copy(place);
  for (const base::FileEntry& file : manifest.files) CopyFile(bundle / file.name, copy.path() / file.name);
  CopyFile(bundle / kManifestFile, copy.path() / kManifestFile);
  base::VerifyFiles(copy.path(), manifest.files);
  copy.Commit();
  return manifest.version;
}

}  // namespace shortlist::index
