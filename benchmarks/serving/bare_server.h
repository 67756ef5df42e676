// A server of the retrieval service that does one thing and says nothing, on the thread that took the call: what gRPC
// and the work cost without everything else that a server has to do.
#pragma once

#include <cstdint>
#include <functional>

namespace shortlist::benchmarks {

// Shoppers of the calls of RecommendBatch that the bare server is asked with.
inline constexpr std::int32_t kBatch = 16;

// Answers every call of Recommend and RecommendBatch with an empty message after work(1) and work(kBatch). Says on
// stdout where it listens and returns when stdin ends. `work` is called by several threads at once.
void ServeBarely(const std::function<void(std::int32_t shoppers)>& work);

}  // namespace shortlist::benchmarks
