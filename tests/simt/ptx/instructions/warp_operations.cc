// shfl.sync, vote.sync, match.sync, redux.sync and bar.warp.sync (PTX ISA 9.7.8, 9.7.9 and 9.7.13). The last operand is
// the mask of lanes that take part; threads[lane] is null for the others.
#include <algorithm>
#include <array>

#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

constexpr int kLanes = 32;

void WaitForWarp(Thread& thread, const Instruction& /*instruction*/) {
  thread.set_state(Thread::State::kWaitsForWarp);
}

void Nothing(std::span<Thread* const> /*threads*/, const Instruction& /*instruction*/) {}

// Calls visit(lane, thread) for those that take part.
template <class Visit>
void ForLanes(std::span<Thread* const> threads, Visit visit) {
  for (int lane = 0; lane < kLanes; ++lane) {
    if (Thread* thread = threads[static_cast<std::size_t>(lane)]; thread != nullptr) visit(lane, *thread);
  }
}

// The values of one operand before any lane writes its result, which may be the same register.
template <class T>
std::array<T, kLanes> Values(std::span<Thread* const> threads, const Operand& operand) {
  std::array<T, kLanes> values{};
  ForLanes(threads, [&](int lane, Thread& thread) { values[static_cast<std::size_t>(lane)] = thread.Get<T>(operand); });
  return values;
}

// Where a lane reads from; itself, with in_range false, if that would be outside of its segment.
struct Source {
  int lane;
  bool in_range;
};
struct Index {
  static Source Of(int lane, int b, int segment, int bound) {
    const int source = (lane & segment) | (b & ~segment);
    return {source, source <= bound};
  }
};
struct Up {
  static Source Of(int lane, int b, int /*segment*/, int bound) { return {lane - b, lane - b >= bound}; }
};
struct Down {
  static Source Of(int lane, int b, int /*segment*/, int bound) { return {lane + b, lane + b <= bound}; }
};
struct Butterfly {
  static Source Of(int lane, int b, int /*segment*/, int bound) { return {lane ^ b, (lane ^ b) <= bound}; }
};

template <class Pattern>
Source SourceOf(int lane, std::uint32_t b, std::uint32_t c) {
  const int segment = static_cast<int>(c >> 8 & 31);
  const int clamp = static_cast<int>(c & 31);
  const int bound = (lane & segment) | (clamp & ~segment);
  const Source source = Pattern::Of(lane, static_cast<int>(b & 31), segment, bound);
  return source.in_range ? source : Source{lane, false};
}

// shfl d[|p], a, b, c, mask. `First` is the index of a.
template <class Pattern, int First>
void Shuffle(std::span<Thread* const> threads, const Instruction& instruction) {
  const auto values = Values<std::uint32_t>(threads, instruction[First]);
  const auto b = Values<std::uint32_t>(threads, instruction[First + 1]);
  ForLanes(threads, [&](int lane, Thread& thread) {
    const auto c = thread.Get<std::uint32_t>(instruction[First + 2]);
    const Source source = SourceOf<Pattern>(lane, b[static_cast<std::size_t>(lane)], c);
    if (threads[static_cast<std::size_t>(source.lane)] == nullptr) {
      throw Fault("lane " + std::to_string(lane) + " reads lane " + std::to_string(source.lane) +
                  ", which does not take part");
    }
    thread.Set(instruction[0], values[static_cast<std::size_t>(source.lane)]);
    if constexpr (First == 2) thread.Set<bool>(instruction[1], source.in_range);
  });
}

std::uint32_t Ballot(std::span<Thread* const> threads, const Operand& predicate) {
  std::uint32_t ballot = 0;
  ForLanes(threads, [&](int lane, Thread& thread) { ballot |= std::uint32_t{thread.Get<bool>(predicate)} << lane; });
  return ballot;
}
std::uint32_t Participants(std::span<Thread* const> threads) {
  std::uint32_t mask = 0;
  ForLanes(threads, [&](int lane, Thread& /*thread*/) { mask |= 1U << lane; });
  return mask;
}

template <class T>
void SetAll(std::span<Thread* const> threads, const Operand& target, T value) {
  ForLanes(threads, [&](int /*lane*/, Thread& thread) { thread.Set<T>(target, value); });
}

void VoteBallot(std::span<Thread* const> threads, const Instruction& instruction) {
  SetAll(threads, instruction[0], Ballot(threads, instruction[1]));
}
void VoteAny(std::span<Thread* const> threads, const Instruction& instruction) {
  SetAll(threads, instruction[0], Ballot(threads, instruction[1]) != 0);
}
void VoteAll(std::span<Thread* const> threads, const Instruction& instruction) {
  SetAll(threads, instruction[0], Ballot(threads, instruction[1]) == Participants(threads));
}
void VoteUnanimous(std::span<Thread* const> threads, const Instruction& instruction) {
  const std::uint32_t ballot = Ballot(threads, instruction[1]);
  SetAll(threads, instruction[0], ballot == 0 || ballot == Participants(threads));
}

template <class T>
std::uint32_t LanesWith(std::span<Thread* const> threads, const std::array<T, kLanes>& values, T value) {
  std::uint32_t equal = 0;
  ForLanes(threads, [&](int lane, Thread& /*thread*/) {
    equal |= std::uint32_t{values[static_cast<std::size_t>(lane)] == value} << lane;
  });
  return equal;
}
template <class T>
void MatchAny(std::span<Thread* const> threads, const Instruction& instruction) {
  const auto values = Values<T>(threads, instruction[1]);
  ForLanes(threads, [&](int lane, Thread& thread) {
    thread.Set(instruction[0], LanesWith(threads, values, values[static_cast<std::size_t>(lane)]));
  });
}
// match.all d|p, a, mask: the mask if all values are equal, else 0. `First` is the index of a.
template <class T, int First>
void MatchAll(std::span<Thread* const> threads, const Instruction& instruction) {
  const auto values = Values<T>(threads, instruction[First]);
  const std::uint32_t mask = Participants(threads);
  ForLanes(threads, [&](int lane, Thread& thread) {
    const bool all = LanesWith(threads, values, values[static_cast<std::size_t>(lane)]) == mask;
    thread.Set(instruction[0], all ? mask : 0U);
    if constexpr (First == 2) thread.Set<bool>(instruction[1], all);
  });
}

struct Sum {
  template <class T>
  static T Of(T a, T b) {
    return static_cast<T>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
  }
};
struct Minimum {
  template <class T>
  static T Of(T a, T b) {
    return std::min(a, b);
  }
};
struct Maximum {
  template <class T>
  static T Of(T a, T b) {
    return std::max(a, b);
  }
};
struct And {
  static std::uint32_t Of(std::uint32_t a, std::uint32_t b) { return a & b; }
};
struct Or {
  static std::uint32_t Of(std::uint32_t a, std::uint32_t b) { return a | b; }
};
struct Xor {
  static std::uint32_t Of(std::uint32_t a, std::uint32_t b) { return a ^ b; }
};

template <class T, class Function>
void Reduce(std::span<Thread* const> threads, const Instruction& instruction) {
  bool first = true;
  T result{};
  ForLanes(threads, [&](int /*lane*/, Thread& thread) {
    const T value = thread.Get<T>(instruction[1]);
    result = first ? value : Function::Of(result, value);
    first = false;
  });
  SetAll(threads, instruction[0], result);
}

template <class Pattern>
void AddShuffle(OpcodeTable& table, const std::string& pattern) {
  table.Add("shfl.sync." + pattern + ".b32", "r|r,r,r,r,r", WaitForWarp, Shuffle<Pattern, 2>);
  table.Add("shfl.sync." + pattern + ".b32", "r,r,r,r,r", WaitForWarp, Shuffle<Pattern, 1>);
}

template <class T>
void AddMatches(OpcodeTable& table, const std::string& type) {
  table.Add("match.any.sync." + type, "r,r,r", WaitForWarp, MatchAny<T>);
  table.Add("match.all.sync." + type, "r,r,r", WaitForWarp, MatchAll<T, 1>);
  table.Add("match.all.sync." + type, "r|r,r,r", WaitForWarp, MatchAll<T, 2>);
}

void AddVotes(OpcodeTable& table) {
  table.Add("vote.sync.ballot.b32", "r,r,r", WaitForWarp, VoteBallot);
  table.Add("vote.sync.any.pred", "r,r,r", WaitForWarp, VoteAny);
  table.Add("vote.sync.all.pred", "r,r,r", WaitForWarp, VoteAll);
  // "uni" is also a hint of branches, so it is gone from the key.
  table.Add("vote.sync.pred", "r,r,r", WaitForWarp, VoteUnanimous);
}

}  // namespace

void AddWarpOperations(OpcodeTable& table) {
  AddShuffle<Index>(table, "idx");
  AddShuffle<Up>(table, "up");
  AddShuffle<Down>(table, "down");
  AddShuffle<Butterfly>(table, "bfly");
  AddVotes(table);
  AddMatches<std::uint32_t>(table, "b32");
  AddMatches<std::uint64_t>(table, "b64");
  ForTypes<std::int32_t, std::uint32_t>([&]<class T>() {
    table.Add("redux.sync.add." + TypeName<T>(), "r,r,r", WaitForWarp, Reduce<T, Sum>);
    table.Add("redux.sync.min." + TypeName<T>(), "r,r,r", WaitForWarp, Reduce<T, Minimum>);
    table.Add("redux.sync.max." + TypeName<T>(), "r,r,r", WaitForWarp, Reduce<T, Maximum>);
  });
  table.Add("redux.sync.and.b32", "r,r,r", WaitForWarp, Reduce<std::uint32_t, And>);
  table.Add("redux.sync.or.b32", "r,r,r", WaitForWarp, Reduce<std::uint32_t, Or>);
  table.Add("redux.sync.xor.b32", "r,r,r", WaitForWarp, Reduce<std::uint32_t, Xor>);
  table.Add("bar.warp.sync", "r", WaitForWarp, Nothing);
}

}  // namespace shortlist::simt::ptx
