#include "loadtest/prepared_calls.h"

#include <set>

#include <gmock/gmock.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <gtest/gtest.h>

#include "shortlist/v1/retrieval.pb.h"

namespace shortlist::tools {
namespace {

using ::testing::UnorderedElementsAre;

template <class Message>
Message Parsed(grpc::ByteBuffer bytes) {
  Message message;
  EXPECT_TRUE(grpc::SerializationTraits<Message>::Deserialize(&bytes, &message).ok());
  return message;
}

TEST(PreparedCallsTest, AskForEveryShopper) {
  LoadPlan plan;
  plan.k = 7;
  const PreparedCalls calls = PrepareCalls(plan, {"ann", "bob"});
  EXPECT_EQ(calls.method, "/shortlist.v1.Retrieval/Recommend");
  std::set<std::string> shoppers;
  for (std::uint64_t call = 0; call < 100; ++call) {
    const auto request = Parsed<v1::RecommendRequest>(calls.Request(call));
    EXPECT_EQ(request.k(), 7);
    shoppers.insert(request.user_id());
  }
  EXPECT_THAT(shoppers, UnorderedElementsAre("ann", "bob"));
}

TEST(PreparedCallsTest, HoldAsManyShoppersAsTheBatch) {
  LoadPlan plan;
  plan.batch = 16;
  const PreparedCalls calls = PrepareCalls(plan, {"ann", "bob"});
  EXPECT_EQ(calls.method, "/shortlist.v1.Retrieval/RecommendBatch");
  EXPECT_EQ(Parsed<v1::RecommendBatchRequest>(calls.Request(3)).requests_size(), 16);
}

TEST(PreparedCallsTest, AskForVisitorsWithoutIds) {
  const PreparedCalls calls = PrepareCalls({}, {});
  EXPECT_FALSE(Parsed<v1::RecommendRequest>(calls.Request(0)).has_user_id());
}

}  // namespace
}  // namespace shortlist::tools
