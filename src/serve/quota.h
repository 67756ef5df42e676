// How often each client may call: a token bucket per client (Turner, "New directions in communications", 1986), in a
// table of bounded size.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>
#include <vector>

#include "shortlist/settings/serve_overload.h"

namespace shortlist::serve {

// Thread-safe; clients are spread over parts with a lock each.
class Quota {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Quota(const QuotaSettings& settings);
  ~Quota();
  Quota(const Quota&) = delete;
  Quota& operator=(const Quota&) = delete;

  // Takes one call out of the client's bucket at time `now`, which must not go back for a client. False if it is empty.
  [[nodiscard]] bool Take(std::string_view client, Clock::time_point now);

 private:
  class Part;

  std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace shortlist::serve
