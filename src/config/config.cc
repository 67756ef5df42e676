#include "config/config.h"

#include "base/file.h"
#include "config/checks.h"
#include "config/problems.h"
#include "config/yaml_reader.h"

namespace shortlist::config {

Settings LoadSettings(const std::filesystem::path& path) {
  return ParseSettings(base::ReadFile(path), path.string());
}

Settings ParseSettings(std::string_view text, const std::string& name) {
  Problems problems(name);
  Settings settings = ReadYaml(text, problems);
  problems.ThrowIfAny();
  CheckSettings(settings, problems);
  problems.ThrowIfAny();
  return settings;
}

}  // namespace shortlist::config
