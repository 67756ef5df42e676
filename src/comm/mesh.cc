#include "comm/mesh.h"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <thread>
#include <unistd.h>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

using std::chrono::milliseconds;

constexpr const char* kHello = "shortlist-rank-1";  // a format version is a part of the word
constexpr const char* kJoin = "shortlist-join-1";
constexpr const char* kRoster = "roster";
constexpr const char* kRefusal = "refusal";
constexpr const char* kData = "data";
constexpr const char* kControl = "control";

// A rank is introduced as soon as it is connected; what stays silent is a stranger.
constexpr milliseconds kIntroduction{5000};
constexpr milliseconds kPause{100};

struct Hello {
  int rank = 0;
  int size = 0;
  int port = 0;
  std::string host;
};

struct Place {
  std::string address;
  int port = 0;
  std::string host;
};
using Roster = std::vector<Place>;  // by rank

std::string HostName() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name[0] == '\0' ? "unknown" : name.data();
}

// What a new connection says first; nothing if it is a stranger's.
std::optional<std::string> Introduction(const Socket& socket, Deadline deadline) {
  try {
    return ReceiveText(socket, std::min(deadline, After(kIntroduction)));
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<Hello> ParseHello(const std::optional<std::string>& text) {
  std::istringstream words(text.value_or(""));
  std::string kind;
  Hello hello;
  words >> kind >> hello.rank >> hello.size >> hello.port >> hello.host;
  return words && kind == kHello ? std::optional(hello) : std::nullopt;
}

struct Join {
  int rank = 0;
  std::string channel;
};

std::optional<Join> ParseJoin(const std::optional<std::string>& text) {
  std::istringstream words(text.value_or(""));
  std::string kind;
  Join join;
  words >> kind >> join.rank >> join.channel;
  return words && kind == kJoin ? std::optional(join) : std::nullopt;
}

std::string Write(const Roster& roster) {
  std::string text = kRoster;
  for (const Place& place : roster) text += "\n" + place.address + " " + std::to_string(place.port) + " " + place.host;
  return text;
}

Roster ParseRoster(const std::string& text, int size) {
  std::istringstream words(text);
  std::string kind;
  words >> kind;
  if (kind == kRefusal) {
    std::string reason;
    std::getline(words >> std::ws, reason);
    throw Error(Code::kFailedPrecondition, reason);
  }
  Roster roster(static_cast<std::size_t>(size));
  for (Place& place : roster) words >> place.address >> place.port >> place.host;
  if (!words || kind != kRoster) throw Error(Code::kUnavailable, "the answer of rank 0 is not a roster");
  return roster;
}

std::string Names(const std::vector<int>& ranks) {
  std::string text = ranks.size() == 1 ? "rank " : "ranks ";
  for (std::size_t i = 0; i < ranks.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(ranks[i]);
  return text;
}

class Assembly {
 public:
  Assembly(const Launch& launch, const Socket& listener, milliseconds timeout)
      : launch_(launch),
        listener_(listener),
        timeout_(timeout),
        deadline_(After(timeout)),
        peers_(static_cast<std::size_t>(launch.size)) {}

  std::vector<Peer> Run() {
    const Roster roster = launch_.rank == 0 ? Lead() : Follow();
    for (std::size_t rank = 0; rank < roster.size(); ++rank) {
      peers_[rank].host = roster[rank].host + " (" + roster[rank].address + ")";
    }
    for (int lower = 0; lower < launch_.rank; ++lower) ConnectTo(lower, roster[static_cast<std::size_t>(lower)]);
    AcceptHigher();
    return std::move(peers_);
  }

 private:
  Peer& peer(int rank) { return peers_[static_cast<std::size_t>(rank)]; }

  // Rank 0 may be on its way out of an earlier job, or be restarted: then it hangs up, and is asked again.
  Roster Follow() {
    while (true) {
      try {
        return AskRankZero();
      } catch (const Error& error) {
        if (error.code() != Code::kUnavailable || std::chrono::steady_clock::now() > deadline_) throw;
        std::this_thread::sleep_for(kPause);
      }
    }
  }

  Roster AskRankZero() {
    Socket& first = peer(0).control;
    first = Connect(launch_.address, launch_.port, deadline_);
    SendText(first,
             std::string(kHello) + " " + std::to_string(launch_.rank) + " " + std::to_string(launch_.size) + " " +
                 std::to_string(PortOf(listener_)) + " " + HostName(),
             deadline_);
    // Rank 0 waits for the others up to its own deadline and then says who is missing.
    Roster roster = ParseRoster(ReceiveText(first, deadline_ + kIntroduction), launch_.size);
    // Rank 0 may know its own address only as "localhost".
    roster[0].address = launch_.address;
    roster[0].port = launch_.port;
    return roster;
  }

  Roster Lead() {
    Roster roster(peers_.size());
    roster[0] = {launch_.address, PortOf(listener_), HostName()};
    for (std::vector<int> missing = Missing(); !missing.empty(); missing = Missing()) Meet(roster, missing);
    for (int rank = 1; rank < launch_.size; ++rank) SendText(peer(rank).control, Write(roster), deadline_);
    return roster;
  }

  std::vector<int> Missing() {
    std::vector<int> missing;
    for (int rank = 1; rank < launch_.size; ++rank) {
      if (!peer(rank).control.open()) missing.push_back(rank);
    }
    return missing;
  }

  // Takes in one rank, or drops one stranger.
  void Meet(Roster& roster, const std::vector<int>& missing) {
    Socket socket = AcceptUnlessMissing(missing);
    const std::optional<Hello> hello = ParseHello(Introduction(socket, deadline_));
    if (!hello) return;
    const std::string problem = ProblemOf(*hello);
    if (!problem.empty()) {
      SendText(socket, std::string(kRefusal) + " " + problem, deadline_);
      Refuse(Code::kFailedPrecondition, problem);
    }
    roster[static_cast<std::size_t>(hello->rank)] = {PeerAddress(socket), hello->port, hello->host};
    peer(hello->rank).control = std::move(socket);
  }

  Socket AcceptUnlessMissing(const std::vector<int>& missing) {
    try {
      return Accept(listener_, deadline_);
    } catch (const Error&) {
      Refuse(Code::kDeadlineExceeded, Names(missing) + " of " + std::to_string(launch_.size) +
                                          " did not come to port " + std::to_string(PortOf(listener_)) + " within " +
                                          std::to_string(timeout_.count() / 1000) +
                                          " s; see whether every rank was started and can reach this host");
    }
  }

  std::string ProblemOf(const Hello& hello) {
    const std::string who = "rank " + std::to_string(hello.rank) + " on " + hello.host;
    if (hello.size != launch_.size) {
      return who + " was started for " + std::to_string(hello.size) + " ranks, rank 0 for " +
             std::to_string(launch_.size);
    }
    if (hello.rank < 1 || hello.rank >= launch_.size || peer(hello.rank).control.open()) {
      return who + " is there twice, or was started as a rank that is not of this job";
    }
    return {};
  }

  // Tells the ranks that have come, and gives up.
  [[noreturn]] void Refuse(Code code, const std::string& reason) {
    for (const Peer& one : peers_) {
      if (one.control.open()) SendText(one.control, std::string(kRefusal) + " " + reason, After(kIntroduction));
    }
    throw Error(code, reason);
  }

  void ConnectTo(int rank, const Place& place) {
    peer(rank).data = JoinTo(place, kData);
    if (rank > 0) peer(rank).control = JoinTo(place, kControl);
  }

  Socket JoinTo(const Place& place, const char* channel) {
    Socket socket = Connect(place.address, place.port, deadline_);
    SendText(socket, std::string(kJoin) + " " + std::to_string(launch_.rank) + " " + channel, deadline_);
    return socket;
  }

  void AcceptHigher() {
    while (!Complete()) {
      Socket socket = Accept(listener_, deadline_);
      const std::optional<Join> join = ParseJoin(Introduction(socket, deadline_));
      if (!join || join->rank <= launch_.rank || join->rank >= launch_.size) continue;
      (join->channel == kData ? peer(join->rank).data : peer(join->rank).control) = std::move(socket);
    }
  }

  bool Complete() {
    for (int rank = launch_.rank + 1; rank < launch_.size; ++rank) {
      if (!peer(rank).data.open() || !peer(rank).control.open()) return false;
    }
    return true;
  }

  const Launch& launch_;
  const Socket& listener_;
  milliseconds timeout_;
  Deadline deadline_;
  std::vector<Peer> peers_;
};

}  // namespace

std::vector<Peer> MakeMesh(const Launch& launch, const Socket& listener, milliseconds timeout) {
  return Assembly(launch, listener, timeout).Run();
}

}  // namespace shortlist::comm
