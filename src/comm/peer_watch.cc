#include "comm/peer_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace shortlist::comm {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Messages on a control connection: a kind, and for kCause a length and a text.
constexpr char kHeartbeat = 'h';
constexpr char kFarewell = 'f';
constexpr char kCause = 'c';
constexpr std::size_t kCauseHeader = 1 + sizeof(std::uint16_t);

constexpr int kHeartbeatsPerTimeout = 4;

std::string CauseMessage(const std::string& reason) {
  const auto size = static_cast<std::uint16_t>(std::min<std::size_t>(reason.size(), 4096));
  std::string message(kCauseHeader, kCause);
  std::memcpy(message.data() + 1, &size, sizeof(size));
  return message + reason.substr(0, size);
}

// An event that poll can wait for.
class Event {
 public:
  Event() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  int descriptor() const { return descriptor_.descriptor(); }
  void Set() const { eventfd_write(descriptor_.descriptor(), 1); }

 private:
  Socket descriptor_;
};

struct Watched {
  explicit Watched(WatchedPeer&& from) : peer(std::move(from)) {}

  WatchedPeer peer;
  std::string unread;
  Clock::time_point heard = Clock::now();
  bool gone = false;  // after a farewell or the end of its connection
};

}  // namespace

std::string NameOfRank(int rank, const std::string& host) {
  return "rank " + std::to_string(rank) + " on " + host;
}

class PeerWatch::Thread {
 public:
  Thread(std::vector<WatchedPeer> peers, WatchOptions options) : options_(std::move(options)) {
    for (WatchedPeer& peer : peers) watched_.emplace_back(std::move(peer));
    thread_ = std::thread([this] { Watch(); });
  }

  ~Thread() {
    stop_.Set();
    thread_.join();
    const std::string reason = Failure();
    SendToAll(reason.empty() ? std::string(1, kFarewell) : CauseMessage(reason));
  }

  std::string Failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

  std::string AwaitFailure(milliseconds patience) const {
    std::unique_lock lock(mutex_);
    failed_.wait_for(lock, patience, [&] { return !failure_.empty(); });
    return failure_;
  }

  int failure_descriptor() const { return failure_event_.descriptor(); }

  std::string Fail(const std::string& reason) {
    {
      const std::lock_guard lock(mutex_);
      if (!failure_.empty()) return failure_;
      failure_ = reason;
      failed_at_ = Clock::now();
    }
    failed_.notify_all();
    failure_event_.Set();
    SendToAll(CauseMessage(reason));
    return reason;
  }

 private:
  milliseconds Interval() const { return std::max(options_.timeout / kHeartbeatsPerTimeout, milliseconds(10)); }

  void Watch() {
    Clock::time_point next = Clock::now();
    while (!Stopped(next)) {
      for (Watched& one : watched_) Read(one);
      if (Clock::now() < next) continue;
      next = Clock::now() + Interval();
      SendToAll(std::string(1, kHeartbeat));
      for (const Watched& one : watched_) RequireHeartbeat(one);
      AbandonIfStuck();
    }
  }

  // Waits for news, until `next` at the latest.
  bool Stopped(Clock::time_point next) {
    std::vector<pollfd> entries{{stop_.descriptor(), POLLIN, 0}};
    for (const Watched& one : watched_) {
      entries.push_back({one.gone ? -1 : one.peer.control.descriptor(), POLLIN, 0});
    }
    const auto left = std::chrono::ceil<milliseconds>(next - Clock::now());
    poll(entries.data(), entries.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    return (entries[0].revents & POLLIN) != 0;
  }

  void Read(Watched& one) {
    std::array<char, 4096> bytes{};
    while (!one.gone) {
      const ssize_t received = recv(one.peer.control.descriptor(), bytes.data(), bytes.size(), 0);
      if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (received <= 0) return Lose(one);
      one.heard = Clock::now();
      one.unread.append(bytes.data(), static_cast<std::size_t>(received));
      while (TakeMessage(one)) {
      }
    }
  }

  void Lose(Watched& one) {
    one.gone = true;
    Fail(NameOfRank(one.peer.rank, one.peer.host) +
         " has died: its connection ended without a farewell (killed, crashed, or out of memory)");
  }

  // False if no whole message is left.
  bool TakeMessage(Watched& one) {
    if (one.unread.empty() || one.gone) return false;
    if (one.unread[0] == kCause) return TakeCause(one);
    one.gone = one.unread[0] == kFarewell;
    one.unread.erase(0, 1);
    return true;
  }

  bool TakeCause(Watched& one) {
    std::uint16_t size = 0;
    if (one.unread.size() < kCauseHeader) return false;
    std::memcpy(&size, one.unread.data() + 1, sizeof(size));
    if (one.unread.size() < kCauseHeader + size) return false;
    one.gone = true;
    Fail(one.unread.substr(kCauseHeader, size));
    return true;
  }

  void RequireHeartbeat(const Watched& one) {
    if (one.gone || Clock::now() - one.heard < options_.timeout) return;
    Fail(NameOfRank(one.peer.rank, one.peer.host) + " has shown no sign of life for " +
         std::to_string(options_.timeout.count() / 1000) +
         " s: its process is stopped, or its host or network is down");
  }

  void AbandonIfStuck() {
    if (!options_.abandon) return;
    std::string reason;
    {
      const std::lock_guard lock(mutex_);
      if (failure_.empty() || Clock::now() - failed_at_ < options_.timeout) return;
      reason = failure_;
    }
    options_.abandon(reason);
  }

  // Messages are shorter than the buffer of a connection; where it is full, the other side reads nothing anymore.
  void SendToAll(const std::string& message) {
    const std::lock_guard lock(send_mutex_);
    for (const Watched& one : watched_) {
      send(one.peer.control.descriptor(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  }

  WatchOptions options_;
  std::vector<Watched> watched_;  // all but the sending end belongs to the thread
  std::mutex send_mutex_;         // keeps messages whole
  mutable std::mutex mutex_;
  mutable std::condition_variable failed_;
  std::string failure_;
  Clock::time_point failed_at_;
  Event failure_event_;
  Event stop_;
  std::thread thread_;
};

PeerWatch::PeerWatch(std::vector<WatchedPeer> peers, WatchOptions options)
    : thread_(std::make_unique<Thread>(std::move(peers), std::move(options))) {}
PeerWatch::~PeerWatch() = default;

std::string PeerWatch::Failure() const {
  return thread_->Failure();
}
std::string PeerWatch::AwaitFailure(std::chrono::milliseconds patience) const {
  return thread_->AwaitFailure(patience);
}
int PeerWatch::failure_descriptor() const {
  return thread_->failure_descriptor();
}
std::string PeerWatch::Fail(const std::string& reason) {
  return thread_->Fail(reason);
}

}  // namespace shortlist::comm
