// Answers of the server but for gRPC, from the request's message to the answer's bytes.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "instructions/hot_case.h"
#include "serve/grpc_messages.h"
#include "serve/retrieval.h"
#include "serve/snapshot.h"
#include "serving/benchmark_bundle.h"
#include "shortlist/v1/retrieval.pb.h"

namespace shortlist {
namespace {

constexpr std::int32_t kItems = 1000;
constexpr std::int32_t kUsers = 100;
constexpr std::int32_t kNeighbors = 10;

std::shared_ptr<const serve::ServingSnapshot> MadeSnapshot(const std::filesystem::path& folder) {
  benchmarks::BundleShape shape;
  shape.items = kItems;
  shape.users = kUsers;
  benchmarks::WriteBenchmarkBundle(shape, folder / "bundle");
  return serve::ServingSnapshot::Load(folder / "bundle");
}

v1::RecommendBatchRequest RequestOf(std::int32_t shoppers) {
  v1::RecommendBatchRequest batch;
  for (std::int32_t user = 0; user < shoppers; ++user) {
    v1::RecommendRequest& request = *batch.add_requests();
    request.set_user_id(benchmarks::UserName(user));
    request.set_k(kNeighbors);
  }
  return batch;
}

HotCase AnswerTo(const char* name, std::int32_t shoppers) {
  return {name, [shoppers](const std::filesystem::path& folder) {
            auto retrieval =
                std::make_shared<serve::RetrievalService>(LimitSettings{}, serve::Traffic{MadeSnapshot(folder)});
            return [retrieval, request = RequestOf(shoppers)] {
              serve::MessageOf(retrieval->RecommendBatch(serve::RequestsFrom(request)));
            };
          }};
}

}  // namespace

std::vector<HotCase> ServingCases() {
  return {AnswerTo("answer_one", 1), AnswerTo("answer_batch", 16)};
}

}  // namespace shortlist
