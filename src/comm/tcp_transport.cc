#include "comm/tcp_transport.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include "comm/mesh.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

using std::chrono::milliseconds;

// How long a rank whose connection ends has to say why.
constexpr milliseconds kPatience{2000};
constexpr std::int64_t kMaxBytesPerCall = std::int64_t{1} << 30;

// What is left of one message.
struct Flow {
  int rank = 0;
  short direction = POLLIN;  // or POLLOUT
  char* data = nullptr;
  std::int64_t left = 0;
};

std::vector<Flow> FlowsOf(std::span<const Outgoing> send, std::span<const Incoming> receive) {
  std::vector<Flow> flows;
  for (const Outgoing& message : send) {
    char* const data = const_cast<char*>(static_cast<const char*>(message.data));  // only read
    if (message.bytes > 0) flows.push_back({message.rank, POLLOUT, data, message.bytes});
  }
  for (const Incoming& message : receive) {
    if (message.bytes > 0) flows.push_back({message.rank, POLLIN, static_cast<char*>(message.data), message.bytes});
  }
  return flows;
}

class TcpTransport final : public Transport {
 public:
  TcpTransport(int rank, std::vector<Peer> peers, const WatchOptions& options)
      : rank_(rank),
        peers_(std::move(peers)),
        timeout_(options.timeout),
        exceptions_(std::uncaught_exceptions()),
        watch_(Watched(), options) {}

  ~TcpTransport() override {
    if (std::uncaught_exceptions() > exceptions_) watch_.Fail(Name(rank_) + " has stopped with an error; see its log");
  }
  TcpTransport(const TcpTransport&) = delete;
  TcpTransport& operator=(const TcpTransport&) = delete;

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(peers_.size()); }

  void Exchange(std::string_view purpose, std::span<const Outgoing> send, std::span<const Incoming> receive) override {
    std::vector<Flow> flows = FlowsOf(send, receive);
    while (!flows.empty()) {
      const std::vector<pollfd> ready = Await(purpose, flows);
      for (std::size_t i = 0; i < flows.size(); ++i) {
        if (ready[i].revents != 0) Advance(flows[i], purpose);
      }
      std::erase_if(flows, [](const Flow& flow) { return flow.left == 0; });
    }
  }

 private:
  std::string Name(int rank) const { return NameOfRank(rank, peers_[static_cast<std::size_t>(rank)].host); }
  int Data(int rank) const { return peers_[static_cast<std::size_t>(rank)].data.descriptor(); }

  std::vector<WatchedPeer> Watched() {
    std::vector<WatchedPeer> watched;
    for (int rank = 0; rank < size(); ++rank) {
      Peer& peer = peers_[static_cast<std::size_t>(rank)];
      if (rank != rank_) watched.push_back({rank, peer.host, std::move(peer.control)});
    }
    return watched;
  }

  // One entry per flow, then the watch's.
  std::vector<pollfd> Await(std::string_view purpose, const std::vector<Flow>& flows) {
    std::vector<pollfd> entries;
    for (const Flow& flow : flows) entries.push_back({Data(flow.rank), flow.direction, 0});
    entries.push_back({watch_.failure_descriptor(), POLLIN, 0});
    const Deadline deadline = After(timeout_);
    int ready = 0;
    do {
      const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
      ready = poll(entries.data(), entries.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    } while (ready < 0 && errno == EINTR);
    if (entries.back().revents != 0) throw Error(Code::kUnavailable, Cause(purpose, watch_.Failure()));
    if (ready <= 0) ThrowLate(purpose, flows);
    return entries;
  }

  void Advance(Flow& flow, std::string_view purpose) {
    const auto bytes = static_cast<std::size_t>(std::min(flow.left, kMaxBytesPerCall));
    const ssize_t moved = flow.direction == POLLOUT ? send(Data(flow.rank), flow.data, bytes, MSG_NOSIGNAL)
                                                    : recv(Data(flow.rank), flow.data, bytes, 0);
    if (moved < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (moved <= 0) ThrowLost(purpose, flow.rank);
    flow.data += moved;
    flow.left -= moved;
  }

  static std::string Cause(std::string_view purpose, const std::string& reason) {
    return std::string(purpose) + " cannot be completed: " + reason;
  }

  [[noreturn]] void ThrowLate(std::string_view purpose, const std::vector<Flow>& flows) {
    std::vector<int> ranks;
    for (const Flow& flow : flows) ranks.push_back(flow.rank);
    std::sort(ranks.begin(), ranks.end());
    ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
    std::string names;
    for (const int rank : ranks) names += (names.empty() ? "" : ", ") + Name(rank);
    const std::string reason = names + " did not answer within " + std::to_string(timeout_.count() / 1000) +
                               " s (train.communication.timeout_seconds) in " + std::string(purpose);
    throw Error(Code::kDeadlineExceeded, watch_.Fail(reason));
  }

  // The connection tells who is gone; the watch may know because of whom.
  [[noreturn]] void ThrowLost(std::string_view purpose, int rank) {
    std::string reason = watch_.AwaitFailure(kPatience);
    if (reason.empty()) reason = watch_.Fail(Name(rank) + " has ended its part already");
    throw Error(Code::kUnavailable, Cause(purpose, reason));
  }

  int rank_;
  std::vector<Peer> peers_;  // by rank; their control connections belong to the watch
  milliseconds timeout_;
  int exceptions_;
  PeerWatch watch_;
};

}  // namespace

std::unique_ptr<Transport> MakeTcpTransport(const Launch& launch, const Socket& listener, const WatchOptions& options) {
  return std::make_unique<TcpTransport>(launch.rank, MakeMesh(launch, listener, options.timeout), options);
}

}  // namespace shortlist::comm
