#include "telemetry/request_identity.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::telemetry {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kParent = "00f067aa0ba902b7";

TEST(RequestIdentity, ReadsTheStandardsExample) {
  const auto context = ParseTraceparent("00-" + kTrace + "-" + kParent + "-01");
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->trace_id, kTrace);
  EXPECT_EQ(context->parent_id, kParent);
  EXPECT_TRUE(context->sampled);
  EXPECT_FALSE(ParseTraceparent("00-" + kTrace + "-" + kParent + "-02")->sampled);
}

TEST(RequestIdentity, ReadsLaterVersionsAsFarAsItKnowsThem) {
  EXPECT_TRUE(ParseTraceparent("01-" + kTrace + "-" + kParent + "-01-what-comes-next").has_value());
  EXPECT_TRUE(ParseTraceparent("cc-" + kTrace + "-" + kParent + "-01").has_value());
}

TEST(RequestIdentity, GoesOnWithoutWhatIsMalformed) {
  const std::string zeros(32, '0');
  const std::vector<std::string> malformed = {
      "",
      "00",
      "ff-" + kTrace + "-" + kParent + "-01",
      "00-" + zeros + "-" + kParent + "-01",
      "00-" + kTrace + "-" + zeros.substr(16) + "-01",
      "00-" + kTrace + "-" + kParent + "-0g",
      "00-" + kTrace + "-" + kParent + "-01-more",
      "01-" + kTrace + "-" + kParent + "-01more",
      "00-" + kTrace + "_" + kParent + "-01",
      "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + kParent + "-01",
  };
  for (const std::string& header : malformed) EXPECT_FALSE(ParseTraceparent(header).has_value()) << header;
}

TEST(RequestIdentity, TakesIdsThatAreSafeToLog) {
  for (const char* id : {"a", "7f3c-22", "abc.DEF_1:2/3+4="}) EXPECT_TRUE(IsRequestId(id)) << id;
  EXPECT_TRUE(IsRequestId(std::string(128, 'x')));
  for (const char* id : {"", "two words", "line\nbreak", "quote\"", "<script>"}) EXPECT_FALSE(IsRequestId(id)) << id;
  EXPECT_FALSE(IsRequestId(std::string(129, 'x')));
}

TEST(RequestIdentity, MakesIdsThatDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(MakeRequestId());
  EXPECT_EQ(ids.size(), 1000U);
  EXPECT_TRUE(IsRequestId(*ids.begin()));
  EXPECT_EQ(ids.begin()->size(), 16U);
}

}  // namespace
}  // namespace shortlist::telemetry
