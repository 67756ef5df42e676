// Bytes of a request through everything behind the RPC layer: decoding, checks, user tower, search, answer. The first
// byte chooses the method.
#include <set>

#include <google/protobuf/stubs/logging.h>

#include "fuzz/fuzz_target.h"
#include "serve/grpc_messages.h"
#include "serve/made_bundle.h"
#include "serve/retrieval.h"
#include "shortlist/error.h"

namespace shortlist::fuzz {
namespace {

// In the order of the proto, which is that of make_seeds.py.
enum class Method { kRecommend, kRecommendBatch, kSimilarItems, kSimilarUsers };

Method MethodOf(std::uint8_t byte) {
  return static_cast<Method>(byte % 4);
}

serve::RetrievalService MakeRetrieval() {
  google::protobuf::SetLogHandler(nullptr);  // a line for every text that is not UTF-8
  const serve::ScratchFolder folder;
  const auto bundle = serve::WriteMadeBundle(serve::MadeRetailer(), folder.path());
  return {LimitSettings(), {serve::ServingSnapshot::Load(bundle)}};
}

const serve::RetrievalService& Retrieval() {
  static const serve::RetrievalService retrieval = MakeRetrieval();
  return retrieval;
}

void RequireSound(const v1::RecommendResponse& response, const v1::RecommendRequest& request) {
  Require(response.items_size() <= request.k(), "more items than k");
  std::set<std::string> ids(request.exclude_item_ids().begin(), request.exclude_item_ids().end());
  for (const v1::ScoredItem& item : response.items()) {
    Require(ids.insert(item.item_id()).second, "item " + item.item_id() + " is excluded, or there twice");
  }
}

void RequireSound(const v1::RecommendBatchResponse& response, const v1::RecommendBatchRequest& request) {
  Require(response.entries_size() == request.requests_size(), "a batch lost or gained entries");
  for (int i = 0; i < response.entries_size(); ++i) {
    if (response.entries(i).has_response()) RequireSound(response.entries(i).response(), request.requests(i));
  }
}

void RequireSound(const v1::SimilarItemsResponse& response, const v1::SimilarItemsRequest& request) {
  Require(response.items_size() <= request.k(), "more items than k");
}

void RequireSound(const v1::SimilarUsersResponse& response, const v1::SimilarUsersRequest& request) {
  Require(response.users_size() <= request.k(), "more users than k");
}

template <class Answer, class Response>
void Read(const Answer& answer, Response& response) {
  const grpc::Slice bytes = serve::MessageOf(answer);
  Require(response.ParseFromArray(bytes.begin(), static_cast<int>(bytes.size())), "an answer cannot be read");
}

template <class Response>
void Read(const serve::SimilarResult& answer, Response& response) {
  serve::FillMessage(answer, response);
}

template <class Request, class Response, class Ask>
void Answer(std::string_view bytes, const Ask& ask) {
  Request request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  try {
    Response response;
    Read(ask(request), response);
    RequireSound(response, request);
  } catch (const Error& error) {
    const bool expected = error.code() == Code::kInvalidArgument || error.code() == Code::kNotFound;
    Require(expected, std::string(CodeName(error.code())) + ": " + error.what());
  }
}

void Answer(Method method, std::string_view bytes) {
  const serve::RetrievalService& retrieval = Retrieval();
  switch (method) {
    case Method::kRecommend:
      return Answer<v1::RecommendRequest, v1::RecommendResponse>(
          bytes, [&](const auto& request) { return retrieval.Recommend(serve::RequestFrom(request)); });
    case Method::kRecommendBatch:
      return Answer<v1::RecommendBatchRequest, v1::RecommendBatchResponse>(
          bytes, [&](const auto& request) { return retrieval.RecommendBatch(serve::RequestsFrom(request)); });
    case Method::kSimilarItems:
      return Answer<v1::SimilarItemsRequest, v1::SimilarItemsResponse>(
          bytes, [&](const auto& request) { return retrieval.SimilarItems(serve::RequestFrom(request)); });
    case Method::kSimilarUsers:
      return Answer<v1::SimilarUsersRequest, v1::SimilarUsersResponse>(
          bytes, [&](const auto& request) { return retrieval.SimilarUsers(serve::RequestFrom(request)); });
  }
}

}  // namespace
}  // namespace shortlist::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shortlist::fuzz;
  if (size > 0) Answer(MethodOf(data[0]), Text(data + 1, size - 1));
  return 0;
}
