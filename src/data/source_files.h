// The files that a list of configured paths stands for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "shortlist/settings/data.h"

namespace shortlist::data {

struct SourceFile {
  std::string path;  // or URI
  SourceFormat format = SourceFormat::kAuto;
  char delimiter = ',';
  std::int64_t bytes = 0;
  std::int64_t modified = 0;  // nanoseconds since 1970
};

// How the files of one source are written; `field` names the source in messages, for example "data.events".
struct SourceSyntax {
  std::string field;
  SourceFormat format = SourceFormat::kAuto;
  std::string delimiter;
};

// Replaces ${NAME} from the environment, resolves relative paths against `base`, and lists directories (all files below
// that are not hidden; with format `auto`, those whose ending is known) and globs (`*`, `?`, `[a-z]` within names).
// Paths stay in the given order; the files of a directory or glob come in the order of their names. Throws
// Error{kInvalidArgument} for an unset variable, a path that matches no file, and an ending that tells no format.
std::vector<SourceFile> ExpandSources(const std::vector<std::string>& paths, const SourceSyntax& syntax,
                                      const std::filesystem::path& base);

}  // namespace shortlist::data
