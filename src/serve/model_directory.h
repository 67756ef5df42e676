// Where the versions of a model stand: a directory with one bundle per version, or one bundle that is replaced in
// place.
//
//   models/                              bundle/
//     20260301T120000Z-1f3a9c22/           manifest.json
//       manifest.json                      ...
//       ...
//     20260302T120000Z-77b0e1d4/
//
// Any of them may be a symbolic link, such as those that Kubernetes swings over when a mounted volume changes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace shortlist::serve {

struct VersionOnDisk {
  std::string name;            // of its folder
  std::filesystem::path path;  // without symbolic links
  std::string fingerprint;     // another one whenever path, or the name, size or time of a file in it, is another
  bool complete = false;       // has a manifest, which writers put last
};

// All versions in the order of their names, the newest last; numbers in names count as numbers ("v9" before "v10").
// Folders whose name begins with a dot or that a writer has not renamed yet (".tmp.") are no versions. Looks at names,
// sizes and times alone, so it works on any file system and sees what other machines did. Throws Error{kNotFound} if
// there is no such directory and Error{kUnavailable} if it cannot be read.
std::vector<VersionOnDisk> ListVersions(const std::filesystem::path& directory);

}  // namespace shortlist::serve
