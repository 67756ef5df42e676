#include "base/plugin.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"

namespace shortlist::base {
namespace {

namespace fs = std::filesystem;

// A library that is on every machine, under a plug-in's name.
fs::path SystemLibrary() {
  for (const char* path : {"/lib/x86_64-linux-gnu/libm.so.6", "/usr/lib64/libm.so.6"}) {
    if (fs::exists(path)) return path;
  }
  return {};
}

TEST(PluginTest, OpensTheFirstThatIsThere) {
  const ScratchDirectory scratch;
  fs::create_symlink(SystemLibrary(), scratch.path() / "libshortlist_math.so");
  const Plugin plugin("math", {scratch.path() / "nowhere", scratch.path()});
  ASSERT_TRUE(plugin.open());
  EXPECT_EQ(plugin.problem(), "");
  auto* const round_down = plugin.Find<double(double)>("floor");
  ASSERT_NE(round_down, nullptr);
  EXPECT_EQ(round_down(2.5), 2.0);
  EXPECT_EQ(plugin.Find<void()>("no_such_function"), nullptr);
}

TEST(PluginTest, SaysWhatWasTriedAndWhatIsWrong) {
  const ScratchDirectory scratch;
  std::ofstream(scratch.path() / "libshortlist_text.so") << "no library";
  const Plugin plugin("text", {"/nowhere", scratch.path()});
  EXPECT_FALSE(plugin.open());
  EXPECT_EQ(plugin.problem().find("there is no /nowhere/libshortlist_text.so; "), 0U) << plugin.problem();
  EXPECT_NE(plugin.problem().find("file too short"), std::string::npos) << plugin.problem();
  EXPECT_EQ(plugin.Find<void()>("anything"), nullptr);
}

TEST(PluginTest, StandsBesideTheProgramOrWhereTheVariableSays) {
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
  EXPECT_EQ(PluginDirectories(), (std::vector<fs::path>{program, program.parent_path() / "lib"}));
  setenv("SHORTLIST_PLUGIN_DIR", "/opt/plugins", 1);
  EXPECT_EQ(PluginDirectories(), std::vector<fs::path>{"/opt/plugins"});
  unsetenv("SHORTLIST_PLUGIN_DIR");
}

}  // namespace
}  // namespace shortlist::base
