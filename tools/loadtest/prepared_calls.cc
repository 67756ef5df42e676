#include "loadtest/prepared_calls.h"

#include <random>

#include <grpcpp/impl/codegen/proto_utils.h>

#include "shortlist/v1/retrieval.pb.h"

namespace shortlist::tools {
namespace {

// Shoppers who ask in turn: enough that no cache of a server holds all of them.
constexpr std::int64_t kShoppers = 1 << 16;

class Shoppers {
 public:
  Shoppers(const LoadPlan& plan, const std::vector<std::string>& user_ids)
      : k_(plan.k), user_ids_(user_ids), random_(plan.seed) {}

  v1::RecommendRequest Next() {
    v1::RecommendRequest request;
    request.set_k(k_);
    if (!user_ids_.empty()) {
      request.set_user_id(user_ids_[std::uniform_int_distribution<std::size_t>(0, user_ids_.size() - 1)(random_)]);
    }
    return request;
  }

 private:
  std::int32_t k_;
  const std::vector<std::string>& user_ids_;
  std::mt19937_64 random_;
};

template <class Message>
grpc::ByteBuffer Bytes(const Message& message) {
  grpc::ByteBuffer bytes;
  bool owned = false;
  grpc::SerializationTraits<Message>::Serialize(message, &bytes, &owned);
  return bytes;
}

v1::RecommendBatchRequest Batch(Shoppers& shoppers, std::int64_t size) {
  v1::RecommendBatchRequest batch;
  for (std::int64_t i = 0; i < size; ++i) *batch.add_requests() = shoppers.Next();
  return batch;
}

}  // namespace

PreparedCalls PrepareCalls(const LoadPlan& plan, const std::vector<std::string>& user_ids) {
  Shoppers shoppers(plan, user_ids);
  PreparedCalls calls;
  calls.method = plan.batch > 1 ? "/shortlist.v1.Retrieval/RecommendBatch" : "/shortlist.v1.Retrieval/Recommend";
  for (std::int64_t made = 0; made < kShoppers; made += plan.batch) {
    calls.requests.push_back(plan.batch > 1 ? Bytes(Batch(shoppers, plan.batch)) : Bytes(shoppers.Next()));
  }
  return calls;
}

}  // namespace shortlist::tools
