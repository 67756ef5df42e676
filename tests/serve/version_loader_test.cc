#include "serve/version_loader.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class VersionLoaderTest : public ::testing::Test {
 protected:
  ScratchFolder folder_;
  fs::path bundle_ = WriteMadeBundle(MadeRetailer(), folder_.path());
};

TEST_F(VersionLoaderTest, LoadsWhatThereIsRoomFor) {
  EXPECT_EQ(LoadVersion(bundle_, 0)->bundle().item_count(), kItems);
}

TEST_F(VersionLoaderTest, NeedsMoreThanTheFilesHave) {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(bundle_)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  EXPECT_GT(MemoryNeeded(bundle_), bytes);
}

TEST_F(VersionLoaderTest, SaysWhatIsMissingBeforeItReadsABundleThatIsTooLarge) {
  fs::remove(bundle_ / "items.faiss");  // which a load would miss
  try {
    LoadVersion(bundle_, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kResourceExhausted);
    EXPECT_THAT(error.what(), HasSubstr("0 MiB are left"));
  }
}

}  // namespace
}  // namespace shortlist::serve
