#include "profile/heard_announcements.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

class HeardAnnouncementsTest : public ::testing::Test {
 protected:
  ScratchDirectory scratch_;
  const std::filesystem::path file_ = scratch_ / "heard";
};

TEST_F(HeardAnnouncementsTest, RemembersTheLastOfEachServer) {
  {
    HeardAnnouncements heard(file_);
    EXPECT_TRUE(heard.is_new());
    heard.Add({"one", 7});
    heard.Add({"one", 5});
    heard.Add({"two", 1});
    heard.MoveTo(90);
    heard.Save(1000);
    heard.Add({"three", 1});  // and a kill
  }
  const HeardAnnouncements heard(file_);
  EXPECT_FALSE(heard.is_new());
  EXPECT_EQ(heard.place(), 90);
  EXPECT_EQ(heard.saved_at(), 1000);
  EXPECT_TRUE(heard.Has({"one", 6}));
  EXPECT_TRUE(heard.Has({"one", 7}));
  EXPECT_FALSE(heard.Has({"one", 8}));
  EXPECT_TRUE(heard.Has({"two", 1}));
  EXPECT_FALSE(heard.Has({"three", 1}));
}

TEST_F(HeardAnnouncementsTest, IsWrittenForWhatIsNewAndOnceAnHour) {
  HeardAnnouncements heard(file_);
  heard.Save(1000);
  heard.MoveTo(5);
  heard.Save(1001);
  EXPECT_EQ(HeardAnnouncements(file_).place(), 0);
  heard.Save(1000 + 3600);
  EXPECT_EQ(HeardAnnouncements(file_).place(), 5);
  EXPECT_EQ(HeardAnnouncements(file_).saved_at(), 1000 + 3600);
  heard.Add({"one", 1});
  heard.Save(1000 + 3601);
  EXPECT_TRUE(HeardAnnouncements(file_).Has({"one", 1}));
}

TEST_F(HeardAnnouncementsTest, AnythingElseIsRefused) {
  for (const char* contents : {"", "shortlist heard 1\n", "shortlist heard 2\n1 2\n", "shortlist heard 1\nno 2\n"}) {
    base::WriteFileAtomically(file_, contents);
    EXPECT_THROW(HeardAnnouncements{file_}, Error) << contents;
  }
}

}  // namespace
}  // namespace shortlist::profile
