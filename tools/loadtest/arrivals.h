// When shoppers arrive: independent of how fast they are served.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace shortlist::tools {

enum class ArrivalKind { kPoisson, kConstant };

// Intended times of calls since the start. Equal seeds give equal times.
class Arrivals {
 public:
  // `rate` is in calls per second, above 0.
  Arrivals(ArrivalKind kind, double rate, std::uint64_t seed);

  // Never before the one returned last.
  std::chrono::nanoseconds Next();

 private:
  double Gap();

  ArrivalKind kind_;
  double rate_;
  std::mt19937_64 random_;
  double seconds_ = 0;
};

}  // namespace shortlist::tools
