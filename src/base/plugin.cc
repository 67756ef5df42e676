#include "base/plugin.h"

#include <cstdlib>
#include <dlfcn.h>

namespace shortlist::base {

namespace fs = std::filesystem;

Plugin::Plugin(std::string_view part, const std::vector<fs::path>& directories) {
  const std::string file = "libshortlist_" + std::string(part) + ".so";
  for (const fs::path& directory : directories) {
    const fs::path path = directory / file;
    if (!fs::exists(path)) {
      problem_ += (problem_.empty() ? "" : "; ") + ("there is no " + path.string());
      continue;
    }
    handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle_ != nullptr) {
      problem_.clear();
      return;
    }
    problem_ += (problem_.empty() ? "" : "; ") + std::string(dlerror());
  }
}

void* Plugin::Address(const char* symbol) const {
  return open() ? dlsym(handle_, symbol) : nullptr;
}

std::vector<fs::path> PluginDirectories() {
  if (const char* const chosen = std::getenv("SHORTLIST_PLUGIN_DIR")) return {chosen};
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  return {program, program.parent_path() / "lib"};
}

}  // namespace shortlist::base
