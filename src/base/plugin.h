// Parts of the program whose libraries not every machine has: shared libraries libshortlist_<part>.so, opened when they
// are asked for, so that the program itself starts everywhere.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace shortlist::base {

// Opened for good: what plug-ins bring along (drivers, MPI) starts threads that do not survive unloading.
class Plugin {
 public:
  // Tries the directories in order.
  Plugin(std::string_view part, const std::vector<std::filesystem::path>& directories);

  bool open() const { return handle_ != nullptr; }
  // Why it is not open: which files were tried, and what the loader said.
  const std::string& problem() const { return problem_; }

  // Null if the plug-in is not open or lacks the symbol, as one of another version does.
  template <class Function>
  Function* Find(const char* symbol) const {
    return reinterpret_cast<Function*>(Address(symbol));
  }

 private:
  void* Address(const char* symbol) const;

  void* handle_ = nullptr;
  std::string problem_;
};

// Where plug-ins stand: SHORTLIST_PLUGIN_DIR if it is set, else the directory of the program and ../lib beside it.
std::vector<std::filesystem::path> PluginDirectories();

}  // namespace shortlist::base
