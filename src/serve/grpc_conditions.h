// Filters of requests, from their messages.
#pragma once

#include "serve/request.h"
#include "shortlist/v1/retrieval.pb.h"

namespace shortlist::serve {

// Throws Error{kInvalidArgument} with the field at fault, such as condition.all_of[1].text_in.
filter::Condition ConditionFrom(const v1::Condition& message);

// Whatever is wrong with a condition becomes the filter's problem. Ids are views of the message.
RequestFilter FilterFrom(const v1::RecommendRequest& message);
RequestFilter FilterFrom(const v1::SimilarItemsRequest& message);

}  // namespace shortlist::serve
