#include "data/source_fingerprint.h"

#include <vector>

#include "base/file.h"
#include "data/source_files.h"

namespace shortlist::data {
namespace {

template <class Source>
std::string Describe(const std::vector<std::string>& paths, const std::string& field, const Source& source,
                     const std::filesystem::path& base) {
  if (paths.empty()) return "";
  std::string text = field + "\n";
  for (const SourceFile& file : ExpandSources(paths, {field, source.format, ""}, base)) {
    text += file.path + '\0' + std::to_string(file.bytes) + '\0' + std::to_string(file.modified) + '\n';
  }
  return text;
}

}  // namespace

std::string FingerprintSources(const DataSettings& settings, const std::filesystem::path& base) {
  return base::Sha256(Describe(settings.events.paths, "data.events", settings.events, base) +
                      Describe(settings.split.test_paths, "data.split.test_paths", settings.events, base) +
                      Describe(settings.catalog.paths, "data.catalog", settings.catalog, base) +
                      Describe(settings.consent.paths, "data.consent", settings.consent, base));
}

}  // namespace shortlist::data
