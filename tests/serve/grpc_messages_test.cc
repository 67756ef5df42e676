#include "serve/grpc_messages.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/made_bundle.h"
#include "serve/snapshot.h"

namespace shortlist::serve {
namespace {

using ::testing::ElementsAre;

TEST(GrpcMessages, ReadsEveryFieldOfARequest) {
  v1::RecommendRequest message;
  message.set_user_id("ann");
  message.add_history()->set_item_id("lamp");
  message.mutable_history(0)->set_time(123);
  (*message.mutable_context())["device"].set_text("phone");
  (*message.mutable_context())["basket"].set_number(2.5);
  (*message.mutable_context())["tags"].mutable_texts()->add_values("a");
  (*message.mutable_context())["nothing"];
  message.set_k(-3);
  message.add_exclude_item_ids("chair");
  message.set_seen(v1::SEEN_POLICY_ALLOW);
  message.set_time(456);
  message.set_return_history(7);

  const RecommendRequest request = RequestFrom(message);
  EXPECT_EQ(request.user_id, "ann");
  ASSERT_EQ(request.history.size(), 1U);
  EXPECT_EQ(request.history[0].item_id, "lamp");
  EXPECT_EQ(request.history[0].time, 123);
  EXPECT_EQ(request.context, (features::Record{{"device", std::string("phone")},
                                               {"basket", 2.5},
                                               {"tags", std::vector<std::string>{"a"}},
                                               {"nothing", std::monostate()}}));
  EXPECT_EQ(request.k, -3);
  EXPECT_THAT(request.exclude_item_ids, ElementsAre("chair"));
  EXPECT_EQ(request.seen, SeenPolicy::kAllow);
  EXPECT_EQ(request.time, 456);
  EXPECT_EQ(request.return_history, 7);
}

TEST(GrpcMessages, TellsAnUnsetUserFromAnEmptyOne) {
  v1::RecommendRequest message;
  EXPECT_FALSE(RequestFrom(message).user_id.has_value());
  message.set_user_id("");
  EXPECT_EQ(RequestFrom(message).user_id, "");
}

TEST(GrpcMessages, MasksUnlessToldOtherwise) {
  v1::RecommendRequest message;
  EXPECT_EQ(RequestFrom(message).seen, std::nullopt);
  message.set_seen(v1::SEEN_POLICY_MASK);
  EXPECT_EQ(RequestFrom(message).seen, SeenPolicy::kMask);
  message.set_seen(static_cast<v1::SeenPolicy>(9));
  EXPECT_NE(RequestFrom(message).seen, SeenPolicy::kMask);
  EXPECT_NE(RequestFrom(message).seen, SeenPolicy::kAllow);
}

class AnswerMessageTest : public ::testing::Test {
 protected:
  AnswerMessageTest() {
    const ScratchFolder folder;
    snapshot_ = ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(), folder.path()));
    answer_.snapshot = snapshot_;
    answer_.items = {{"lamp", "A lamp", 0.5F}, {"chair", "Caf\xE9 chair", 0.25F}};
    answer_.reason = Reason::kHistory;
    answer_.history_events = 3;
    answer_.unknown_history_items = 2;
    answer_.ignored_context = {"weather"};
    answer_.history = {{"desk", "A desk", 99}};
  }

  std::shared_ptr<const ServingSnapshot> snapshot_;
  Recommendation answer_;
};

TEST_F(AnswerMessageTest, WritesEveryFieldOfAnAnswer) {
  v1::RecommendResponse message;
  FillMessage(answer_, message);
  ASSERT_EQ(message.items_size(), 2);
  EXPECT_EQ(message.items(0).item_id(), "lamp");
  EXPECT_EQ(message.items(0).title(), "A lamp");
  EXPECT_EQ(message.items(0).score(), 0.5F);
  EXPECT_EQ(message.items(0).rank(), 1);
  EXPECT_EQ(message.items(1).rank(), 2);
  EXPECT_EQ(message.items(1).title(), "Caf? chair");
  EXPECT_EQ(message.bundle_version(), snapshot_->bundle().version());
  EXPECT_TRUE(message.personalized());
  EXPECT_EQ(message.reason(), v1::REASON_HISTORY);
  EXPECT_EQ(message.history_events(), 3);
  EXPECT_EQ(message.unknown_history_items(), 2);
  EXPECT_THAT(message.ignored_context(), ElementsAre("weather"));
  ASSERT_EQ(message.history_size(), 1);
  EXPECT_EQ(message.history(0).item_id(), "desk");
  EXPECT_EQ(message.history(0).title(), "A desk");
  EXPECT_EQ(message.history(0).time(), 99);
}

TEST_F(AnswerMessageTest, WritesAnswersAndErrorsOfABatch) {
  v1::RecommendBatchResponse message;
  FillMessage(RecommendBatchResult{snapshot_, {answer_, Error(Code::kInvalidArgument, "k is 0")}}, message);
  ASSERT_EQ(message.entries_size(), 2);
  EXPECT_EQ(message.entries(0).response().items_size(), 2);
  EXPECT_EQ(message.entries(1).error().code(), 3);
  EXPECT_EQ(message.entries(1).error().message(), "k is 0");
  EXPECT_EQ(message.bundle_version(), snapshot_->bundle().version());
}

TEST_F(AnswerMessageTest, WritesSimilarUsers) {
  v1::SimilarUsersResponse message;
  FillMessage(SimilarResult{snapshot_, {}, {{"ann", {}, 0.5F}, {"bob", {}, 0.25F}}}, message);
  ASSERT_EQ(message.users_size(), 2);
  EXPECT_EQ(message.users(1).user_id(), "bob");
  EXPECT_EQ(message.users(1).score(), 0.25F);
  EXPECT_EQ(message.users(1).rank(), 2);
}

}  // namespace
}  // namespace shortlist::serve
