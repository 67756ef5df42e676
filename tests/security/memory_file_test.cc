#include "security/memory_file.h"

#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace shortlist::security {
namespace {

std::string ReadPath(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(MemoryFile, IsReadByPathAgainAndAgain) {
  const MemoryFile file("key");
  EXPECT_EQ(ReadPath(file.path()), "key");
  EXPECT_EQ(ReadPath(file.path()), "key");
}

TEST(MemoryFile, HasTheNewContentsUnderTheSamePath) {
  MemoryFile file("a long first key");
  const std::string path = file.path();
  file.Replace("second");
  EXPECT_EQ(file.path(), path);
  EXPECT_EQ(ReadPath(path), "second");
}

TEST(MemoryFile, ReadersSeeOneOrTheOther) {
  const std::string first(100'000, 'a');
  const std::string second(50'000, 'b');
  MemoryFile file(first);
  std::jthread writer([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      file.Replace(second);
      file.Replace(first);
    }
  });
  for (int i = 0; i < 200; ++i) {
    const std::string read = ReadPath(file.path());
    ASSERT_TRUE(read == first || read == second) << read.size();
  }
}

}  // namespace
}  // namespace shortlist::security
