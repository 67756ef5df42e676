#include "data/consent.h"

#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

class ConsentTest : public ::testing::Test {
 protected:
  Consent Read(const std::string& rows) {
    ConsentSource source;
    source.paths = {folder_.Write("consent.csv", "user,purposes\n" + rows).string()};
    return Consent::Read(source, folder_.path(), quarantine_, report_);
  }

  TemporaryFolder folder_;
  Quarantine quarantine_{folder_.path() / "q.jsonl"};
  SourceReport report_{"consent", 0, 0};
};

TEST_F(ConsentTest, AsksForTheTrainingPurposeByWholeWord) {
  const Consent consent =
      Read("a,training\nb,personalization | training|analytics\nc,personalization\nd,\ne,pretraining\n");
  EXPECT_TRUE(consent.AllowsTraining("a"));
  EXPECT_TRUE(consent.AllowsTraining("b"));
  EXPECT_FALSE(consent.AllowsTraining("c"));
  EXPECT_FALSE(consent.AllowsTraining("d"));
  EXPECT_FALSE(consent.AllowsTraining("e"));
}

TEST_F(ConsentTest, MissingMeansDenied) {
  EXPECT_FALSE(Read("a,training\n").AllowsTraining("b"));
}

TEST_F(ConsentTest, TheLastRowOfAShopperCounts) {
  const Consent consent = Read("a,training\nb,personalization\na,personalization\nb,training\n");
  EXPECT_FALSE(consent.AllowsTraining("a"));
  EXPECT_TRUE(consent.AllowsTraining("b"));
}

TEST_F(ConsentTest, MalformedRowsAreQuarantined) {
  Read("a,training\n,training\nb\n");
  EXPECT_EQ(report_.read, 3);
  EXPECT_EQ(report_.quarantined, 2);
}

}  // namespace
}  // namespace shortlist::data
