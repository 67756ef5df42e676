#include "comm/rendezvous.h"

#include <string>

#include "shortlist/error.h"

namespace shortlist::comm {

void Rendezvous::Arrive(const char* purpose) {
  std::unique_lock lock(mutex_);
  const std::uint64_t meeting = meeting_;
  if (!left_ && ++arrived_ == parties_) {
    arrived_ = 0;
    ++meeting_;
    changed_.notify_all();
    return;
  }
  changed_.wait(lock, [&] { return left_ || meeting_ != meeting; });
  if (meeting_ == meeting) {
    throw Error(Code::kAborted, std::string(purpose) + ": another rank has stopped; see its error");
  }
}

void Rendezvous::Leave() {
  const std::lock_guard lock(mutex_);
  left_ = true;
  changed_.notify_all();
}

}  // namespace shortlist::comm
