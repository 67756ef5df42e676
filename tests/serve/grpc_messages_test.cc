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

  // A message that generated code reads, and writes in the same bytes.
  template <class Message>
  static Message Parsed(const grpc::Slice& bytes) {
    const std::string text(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
    Message message;
    EXPECT_TRUE(message.ParseFromString(text));
    EXPECT_EQ(message.SerializeAsString(), text);
    return message;
  }

  // Whether the message has every field that its kind has, and so have those in it.
  static void ExpectWhole(const google::protobuf::Message& message) {
    const auto& reflection = *message.GetReflection();
    for (int f = 0; f < message.GetDescriptor()->field_count(); ++f) {
      const auto* const field = message.GetDescriptor()->field(f);
      if (!field->is_repeated()) {
        EXPECT_TRUE(reflection.HasField(message, field)) << field->full_name();
        continue;
      }
      const int size = reflection.FieldSize(message, field);
      EXPECT_GT(size, 0) << field->full_name();
      for (int i = 0; i < size && field->message_type() != nullptr; ++i) {
        ExpectWhole(reflection.GetRepeatedMessage(message, field, i));
      }
    }
  }

  std::shared_ptr<const ServingSnapshot> snapshot_;
  Recommendation answer_;
};

TEST_F(AnswerMessageTest, WritesEveryFieldOfAnAnswer) {
  const auto message = Parsed<v1::RecommendResponse>(MessageOf(answer_));
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

// A field that is added to the messages is to be written, too.
TEST_F(AnswerMessageTest, LeavesNoFieldOut) {
  ExpectWhole(Parsed<v1::RecommendResponse>(MessageOf(answer_)));
}

TEST_F(AnswerMessageTest, WritesAnswersOfAnySize) {
  const std::string long_title(100'000, 't');
  for (const std::size_t items : {0, 1, 200}) {
    answer_.items.assign(items, {"", long_title, -0.0F, ItemReason::kNew});
    answer_.ignored_context = {"", std::string(300, 'c')};
    answer_.history = {{"", "", -1}};
    answer_.history_events = -1;
    const auto message = Parsed<v1::RecommendResponse>(MessageOf(answer_));
    ASSERT_EQ(message.items_size(), static_cast<int>(items));
    for (const v1::ScoredItem& item : message.items()) ASSERT_EQ(item.title(), long_title);
    EXPECT_EQ(message.ignored_context_size(), 2);
    EXPECT_EQ(message.history(0).time(), -1);
    EXPECT_EQ(message.history_events(), -1);
  }
}

TEST_F(AnswerMessageTest, WritesAnswersAndErrorsOfABatch) {
  const RecommendBatchResult result{snapshot_, {answer_, Error(Code::kInvalidArgument, "k is 0")}};
  const auto message = Parsed<v1::RecommendBatchResponse>(MessageOf(result));
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
