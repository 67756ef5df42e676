// Requests in the bytes that go over the wire, so that making them costs nothing during a load test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <grpcpp/support/byte_buffer.h>

#include "loadtest/load_plan.h"

namespace shortlist::tools {

struct PreparedCalls {
  std::string method;  // "/package.Service/Method"
  std::vector<grpc::ByteBuffer> requests;

  const grpc::ByteBuffer& Request(std::uint64_t call) const { return requests[call % requests.size()]; }
};

// Calls of Recommend, or of RecommendBatch for a batch above 1, for shoppers drawn with the plan's seed. Without ids
// every shopper is a visitor without one.
PreparedCalls PrepareCalls(const LoadPlan& plan, const std::vector<std::string>& user_ids);

}  // namespace shortlist::tools
