#include "base/log.h"
#include "commands.h"
#include "config/config.h"

namespace shortlist::tools {

Settings Load(const Configuration& configuration) {
  Settings settings = configuration.file.empty() ? Settings{} : config::LoadSettings(configuration.file);
  settings.threads = configuration.threads.value_or(settings.threads);
  settings.seed = configuration.seed.value_or(settings.seed);
  base::SetLogFormat(settings.log.format);
  return settings;
}

}  // namespace shortlist::tools
