#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "config/config.h"

namespace shortlist::config {
namespace {

using ::testing::HasSubstr;

TEST(ReferenceTest, HasARowPerFieldAndASectionPerStruct) {
  const std::string page = MarkdownReference();
  EXPECT_THAT(page, HasSubstr("\n## `model.history.pools[]`\n"));
  EXPECT_THAT(page,
              HasSubstr("| `dimension` | integer | `64` | 2 to 65536 | Width of the embeddings of two_tower. |\n"));
  EXPECT_THAT(page, HasSubstr("| `similarity` | `cosine`, `dot` | `cosine` |"));
  EXPECT_THAT(page, HasSubstr("| `user_hidden` | list of integer | `[128]` | 1 to 65536 |"));
  EXPECT_THAT(page, HasSubstr("values separated by `\\|`."));
}

TEST(ReferenceTest, TheCheckedInPageIsUpToDate) {
  EXPECT_EQ(base::ReadFile(SHORTLIST_SOURCE_DIR "/docs/config.md"), MarkdownReference())
      << "write it anew: shortlist config reference > docs/config.md";
}

}  // namespace
}  // namespace shortlist::config
