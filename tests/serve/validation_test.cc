#include "serve/validation.h"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

using ::testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class ValidationTest : public ::testing::Test {
 protected:
  ValidationTest() {
    request_.user_id = "ann";
    request_.k = 10;
    similar_.id = "lamp";
    similar_.k = 10;
  }

  void ExpectProblem(const std::string& message) { ExpectInvalid(FindProblem(request_, limits_), message); }

  static void ExpectInvalid(const std::optional<Error>& problem, const std::string& message) {
    ASSERT_TRUE(problem.has_value()) << message;
    EXPECT_EQ(problem->code(), Code::kInvalidArgument);
    EXPECT_THAT(problem->what(), HasSubstr(message));
  }

  const std::string long_id_ = std::string(kMaxIdBytes + 1, 'x');
  LimitSettings limits_;
  RecommendRequest request_;
  SimilarRequest similar_;
};

TEST_F(ValidationTest, AcceptsWhatIsAllowed) {
  EXPECT_FALSE(FindProblem(request_, limits_).has_value());
  request_.user_id.reset();
  request_.history = {{"lamp", 0}, {"lamp", 0}, {"chair", kMaxTime}};
  request_.context = {{"device", std::string("phone")}, {"basket", -3.5}, {"tags", std::vector<std::string>{"a", "b"}}};
  request_.k = limits_.max_k;
  request_.exclude_item_ids = {"lamp", "lamp"};
  request_.seen = SeenPolicy::kAllow;
  request_.return_history = limits_.max_history;
  EXPECT_FALSE(FindProblem(request_, limits_).has_value());
}

TEST_F(ValidationTest, KeepsKWithinBounds) {
  for (const std::int64_t k : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'000'000'000}}) {
    request_.k = k;
    ExpectProblem("k is " + std::to_string(k) + "; give a number from 1 to 1000");
  }
}

TEST_F(ValidationTest, RefusesEmptyAndOverlongIds) {
  request_.user_id = "";
  ExpectProblem("user_id is empty");
  request_.user_id = long_id_;
  ExpectProblem("user_id has 513 bytes; an id has at most 512");
  request_.user_id = "ann";
  request_.history = {{"lamp", 0}, {"", 0}};
  ExpectProblem("history[1].item_id is empty");
  request_.history.clear();
  request_.exclude_item_ids = {"a", "b", long_id_};
  ExpectProblem("exclude_item_ids[2] has 513 bytes");
}

TEST_F(ValidationTest, BoundsTheSizeOfLists) {
  request_.history.assign(10001, {"lamp", 0});
  ExpectProblem("history has 10001 entries; this server takes at most 10000 (serve.limits.max_history)");
  request_.history.clear();
  request_.exclude_item_ids.assign(10001, "lamp");
  ExpectProblem("exclude_item_ids has 10001 entries; this server takes at most 10000 (serve.limits.max_excluded)");
  ExpectInvalid(FindBatchProblem(0, limits_), "requests is empty");
  ExpectInvalid(FindBatchProblem(257, limits_), "requests has 257 entries; this server takes at most 256");
  EXPECT_FALSE(FindBatchProblem(256, limits_).has_value());
}

TEST_F(ValidationTest, RefusesTimesThatAreNotUnixSeconds) {
  request_.time = -1;
  ExpectProblem("time is -1; give Unix seconds");
  request_.time = 1'700'000'000'000;
  ExpectProblem("time is 1700000000000; give Unix seconds");
  request_.time = 0;
  request_.history = {{"lamp", -5}};
  ExpectProblem("history[0].time is -5");
}

TEST_F(ValidationTest, RefusesContextThatCannotBeEncoded) {
  for (const double number : {kNan, kInfinity, -kInfinity}) {
    request_.context = {{"basket", number}};
    ExpectProblem("context[\"basket\"] is not a finite number");
  }
  request_.context = {{"basket", std::monostate()}};
  ExpectProblem("context[\"basket\"] has no value");
  request_.context = {{"", 1.0}};
  ExpectProblem("context has a value without a name");
  request_.context = {{"time", 1.0}};
  ExpectProblem("use the field time");
  request_.context = {{"device", std::string(5000, 'x')}};
  ExpectProblem("context[\"device\"] has 5006 bytes");
  request_.context = {{"tags", std::vector<std::string>(3000, "ab")}};
  ExpectProblem("context[\"tags\"] has 9004 bytes");
  request_.context.clear();
  for (int i = 0; i < 65; ++i) request_.context.emplace(std::to_string(i), 1.0);
  ExpectProblem("context has 65 values; at most 64 are read");
}

TEST_F(ValidationTest, RefusesUnknownEnumeratorsAndCounts) {
  request_.seen = static_cast<SeenPolicy>(7);
  ExpectProblem("seen is 7");
  request_.seen = SeenPolicy::kMask;
  request_.return_history = -1;
  ExpectProblem("return_history is -1; give a number from 0 to 10000");
}

TEST_F(ValidationTest, NamesTheFieldsOfSimilarRequests) {
  EXPECT_FALSE(FindProblem(similar_, "item_id", limits_).has_value());
  similar_.exclude_ids = {""};
  ExpectInvalid(FindProblem(similar_, "item_id", limits_), "exclude_item_ids[0] is empty");
  ExpectInvalid(FindProblem(similar_, "user_id", limits_), "exclude_user_ids[0] is empty");
  similar_.k = 0;
  ExpectInvalid(FindProblem(similar_, "user_id", limits_), "k is 0");
  similar_.id = "";
  ExpectInvalid(FindProblem(similar_, "user_id", limits_), "user_id is empty");
}

}  // namespace
}  // namespace shortlist::serve
