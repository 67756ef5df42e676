#include "loadtest/arrivals.h"

namespace shortlist::tools {

Arrivals::Arrivals(ArrivalKind kind, double rate, std::uint64_t seed) : kind_(kind), rate_(rate), random_(seed) {}

std::chrono::nanoseconds Arrivals::Next() {
  seconds_ += Gap();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds_));
}

double Arrivals::Gap() {
  if (kind_ == ArrivalKind::kConstant) return 1 / rate_;
  return std::exponential_distribution<double>(rate_)(random_);
}

}  // namespace shortlist::tools
