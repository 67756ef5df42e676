// How a bundle is served.
#pragma once

#include <cstdint>
#include <string>

#include "shortlist/settings/field.h"

namespace shortlist {

struct ServeSettings {
  std::string address = "127.0.0.1:50051";
  std::int64_t threads = 0;
  std::int64_t max_k = 1000;
  std::int64_t max_history = 10000;
  std::int64_t max_excluded = 10000;
  std::int64_t max_batch = 256;
  std::int64_t max_message_bytes = 4 << 20;
  std::int64_t drain_seconds = 10;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("address", address, "Host and port to listen on; port 0 takes a free one and prints it.");
    visit("threads", threads,
          "Threads that answer requests; 0 answers on gRPC's own (half as many as cores, 2 to 16), which saves a "
          "hand-over.",
          Bounds{0, 4096});
    visit("max_k", max_k, "Largest k of a request.", Bounds{1, 1e6});
    visit("max_history", max_history, "Most history events in a request.", Bounds{1, 1e7});
    visit("max_excluded", max_excluded, "Most ids that a request may exclude.", Bounds{1, 1e7});
    visit("max_batch", max_batch, "Most requests in a batched call.", Bounds{1, 1e6});
    visit("max_message_bytes", max_message_bytes, "Largest message that is accepted.", Bounds{1024, 1 << 30});
    visit("drain_seconds", drain_seconds, "Time that calls under way get at SIGTERM.", Bounds{0, 3600});
  }
};

}  // namespace shortlist
