// Messages over MPI. The plug-in libshortlist_mpi.so consists of this file; nothing else sees MPI.
//
// MPI itself knows no timeouts: calls that wait are replaced by polling with a deadline.
#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <mpi.h>
#include <string>
#include <thread>
#include <vector>

#include "comm/mpi_plugin.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// MPI counts are int; pieces also show that a long message is on its way.
constexpr std::int64_t kPieceBytes = std::int64_t{1} << 26;

constexpr auto kSpinning = std::chrono::microseconds(200);
constexpr auto kNap = std::chrono::microseconds(50);

void Check(int status, const char* what) {
  if (status == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int size = 0;
  MPI_Error_string(status, text.data(), &size);
  throw Error(Code::kUnavailable, std::string("MPI: ") + what + ": " + text.data());
}

// MPI lives once in a process, from its first use to the end. Where this rank has failed, ending MPI in peace would
// wait for the others, and they for this one; aborting it ends all of them.
class Session {
 public:
  static Session& OfProcess() {
    static Session session;
    return session;
  }

  Session() {
    int provided = 0;
    Check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided), "starting");
  }
  ~Session() {
    if (failed_) {
      MPI_Abort(MPI_COMM_WORLD, 1);
    } else {
      MPI_Finalize();
    }
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Fail() { failed_ = true; }

 private:
  bool failed_ = false;
};

class MpiTransport final : public Transport {
 public:
  explicit MpiTransport(milliseconds timeout) : timeout_(timeout), exceptions_(std::uncaught_exceptions()) {
    Check(MPI_Comm_dup(MPI_COMM_WORLD, &world_), "joining the other ranks");
    Check(MPI_Comm_set_errhandler(world_, MPI_ERRORS_RETURN), "joining the other ranks");
    Check(MPI_Comm_rank(world_, &rank_), "joining the other ranks");
    Check(MPI_Comm_size(world_, &size_), "joining the other ranks");
    GatherHosts();
  }

  ~MpiTransport() override {
    if (std::uncaught_exceptions() > exceptions_) {
      session_.Fail();
    } else {
      MPI_Comm_free(&world_);
    }
  }
  MpiTransport(const MpiTransport&) = delete;
  MpiTransport& operator=(const MpiTransport&) = delete;

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void Exchange(std::string_view purpose, std::span<const Outgoing> send, std::span<const Incoming> receive) override {
    for (const Incoming& message : receive) {
      InPieces(message.bytes, message.rank, [&](std::int64_t offset, int bytes, MPI_Request* request) {
        return MPI_Irecv(static_cast<char*>(message.data) + offset, bytes, MPI_BYTE, message.rank, 0, world_, request);
      });
    }
    for (const Outgoing& message : send) {
      InPieces(message.bytes, message.rank, [&](std::int64_t offset, int bytes, MPI_Request* request) {
        const char* const data = static_cast<const char*>(message.data) + offset;
        return MPI_Isend(data, bytes, MPI_BYTE, message.rank, 0, world_, request);
      });
    }
    WaitForAll(purpose);
  }

 private:
  using HostName = std::array<char, MPI_MAX_PROCESSOR_NAME>;

  void GatherHosts() {
    HostName own{};
    int length = 0;
    Check(MPI_Get_processor_name(own.data(), &length), "reading the name of this host");
    hosts_.resize(static_cast<std::size_t>(size_));
    constexpr int kBytes = sizeof(HostName);
    Check(MPI_Allgather(own.data(), kBytes, MPI_BYTE, hosts_.data(), kBytes, MPI_BYTE, world_), "gathering hosts");
  }

  template <class Start>
  void InPieces(std::int64_t bytes, int rank, const Start& start) {
    for (std::int64_t offset = 0; offset < bytes; offset += kPieceBytes) {
      requests_.push_back(MPI_REQUEST_NULL);
      ranks_.push_back(rank);
      Check(start(offset, static_cast<int>(std::min(kPieceBytes, bytes - offset)), &requests_.back()), "a message");
    }
  }

  void WaitForAll(std::string_view purpose) {
    std::vector<int> indices(requests_.size());
    Clock::time_point moved = Clock::now();
    while (true) {
      int done = 0;
      Check(MPI_Testsome(static_cast<int>(requests_.size()), requests_.data(), &done, indices.data(),
                         MPI_STATUSES_IGNORE),
            "waiting for messages");
      if (done == MPI_UNDEFINED) break;  // none is left
      const Clock::time_point now = Clock::now();
      if (done > 0) moved = now;
      if (now - moved > timeout_) ThrowLate(purpose);
      if (now - moved > kSpinning) std::this_thread::sleep_for(kNap);
    }
    requests_.clear();
    ranks_.clear();
  }

  [[noreturn]] void ThrowLate(std::string_view purpose) const {
    std::vector<bool> late(hosts_.size());
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      if (requests_[i] != MPI_REQUEST_NULL) late[static_cast<std::size_t>(ranks_[i])] = true;
    }
    std::string names;
    for (std::size_t rank = 0; rank < late.size(); ++rank) {
      if (!late[rank]) continue;
      names += (names.empty() ? "rank " : ", rank ") + std::to_string(rank) + " on " + hosts_[rank].data();
    }
    throw Error(Code::kDeadlineExceeded, names + " did not answer within " + std::to_string(timeout_.count() / 1000) +
                                             " s (train.communication.timeout_seconds) in " + std::string(purpose));
  }

  Session& session_ = Session::OfProcess();
  milliseconds timeout_;
  int exceptions_;
  MPI_Comm world_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
  std::vector<HostName> hosts_;
  // Of the exchange under way.
  std::vector<MPI_Request> requests_;
  std::vector<int> ranks_;  // the other ends of the requests
};

}  // namespace
}  // namespace shortlist::comm

// NOLINTNEXTLINE(readability-identifier-naming): a C symbol, whose name is kMpiEntry.
extern "C" __attribute__((visibility("default"))) shortlist::comm::Transport* shortlist_open_mpi_1(
    std::int64_t timeout_milliseconds) {
  return new shortlist::comm::MpiTransport(std::chrono::milliseconds(timeout_milliseconds));
}
