// Messages of shortlist.v1 to and from the plain data of request.h.
#pragma once

#include <vector>

#include <grpcpp/support/slice.h>

#include "serve/request.h"
#include "shortlist/v1/retrieval.pb.h"

namespace shortlist::serve {

// Views of the result point into the message. Values outside an enum pass through and are refused by validation.
features::Value ValueFrom(const v1::ContextValue& message);
RecommendRequest RequestFrom(const v1::RecommendRequest& message);
std::vector<RecommendRequest> RequestsFrom(const v1::RecommendBatchRequest& message);
SimilarRequest RequestFrom(const v1::SimilarItemsRequest& message);
SimilarRequest RequestFrom(const v1::SimilarUsersRequest& message);

// Bytes of ids and titles that are not UTF-8, which a message may not hold, become '?' in all of the following.
//
// The bytes of a RecommendResponse and of a RecommendBatchResponse.
grpc::Slice MessageOf(const Recommendation& answer);
grpc::Slice MessageOf(const RecommendBatchResult& result);

// Fill an empty message.
void FillMessage(const SimilarResult& result, v1::SimilarItemsResponse& message);
void FillMessage(const SimilarResult& result, v1::SimilarUsersResponse& message);

}  // namespace shortlist::serve
