// A meeting point of threads that can be left.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace shortlist::comm {

class Rendezvous {
 public:
  explicit Rendezvous(int parties) : parties_(parties) {}

  // Returns when all parties have arrived. Throws Error{kAborted} naming `purpose` if a party has left, now or while
  // waiting.
  void Arrive(const char* purpose);

  // Says that a party will never arrive again.
  void Leave();

 private:
  const int parties_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  std::uint64_t meeting_ = 0;
  bool left_ = false;
};

}  // namespace shortlist::comm
