#include "serve/version_watch.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "serve/made_bundle.h"

namespace shortlist::serve {
namespace {

namespace fs = std::filesystem;

TEST(VersionWatch, FindsANewVersionAndFreesTheOldOne) {
  const ScratchFolder folder;
  const fs::path models = folder.path() / "models";
  fs::create_directories(models);
  fs::rename(WriteMadeBundle(MadeRetailer(1), folder.path()), models / "v1");
  RetrievalService retrieval({}, {});
  ModelVersions versions({}, models, retrieval);
  versions.Start();
  const VersionWatch watch(versions, 0.02);
  fs::rename(WriteMadeBundle(MadeRetailer(2), folder.path()), models / "v2");
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (versions.counts().freed == 0 && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(versions.counts().loaded, 2);
  EXPECT_EQ(versions.counts().freed, 1);
}

}  // namespace
}  // namespace shortlist::serve
