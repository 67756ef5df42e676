#include "simt/nccl/world.h"

#include <string>

#include "simt/nccl/behavior.h"
#include "simt/runtime/machine.h"

namespace shortlist::simt {

NcclBehavior& TheNcclBehavior() {
  static NcclBehavior behavior;
  return behavior;
}

namespace {

void Report(const std::string& message) {
  TheMachine().reports().Add("NCCL", message);
}

}  // namespace

// Of all ranks, or of the two ends of a message.
struct Member::Meeting {
  std::vector<Collective> parts;  // by rank, or the first end alone
  int arrived = 0;
  bool done = false;
};

struct Member::World {
  explicit World(int ranks) : size(ranks) {}

  using Ends = std::pair<int, int>;  // sender and receiver
  using Waiting = std::map<Ends, std::deque<std::shared_ptr<Meeting>>>;

  const int size;
  std::mutex mutex;
  std::condition_variable changed;
  int members = 0;
  std::map<std::uint64_t, std::shared_ptr<Meeting>> meetings;
  Waiting sends;
  Waiting receives;
};

std::shared_ptr<Member::World> Member::WorldOf(std::uint64_t key, int size) {
  static std::mutex mutex;
  static std::map<std::uint64_t, std::weak_ptr<World>> worlds;
  const std::lock_guard lock(mutex);
  std::shared_ptr<World> world = worlds[key].lock();
  if (world == nullptr) worlds[key] = world = std::make_shared<World>(size);
  if (world->size != size) Report("ranks disagree on the number of ranks");
  return world;
}

Member::Member(std::uint64_t key, int rank, int size) : world_(WorldOf(key, size)), rank_(rank) {
  const std::lock_guard lock(world_->mutex);
  ++world_->members;
}

Member::~Member() = default;

int Member::size() const {
  return world_->size;
}

bool Member::joined() const {
  const std::lock_guard lock(world_->mutex);
  return world_->members >= world_->size;
}

ncclResult_t Member::error() const {
  const std::lock_guard lock(world_->mutex);
  return error_;
}

void Member::Abort() {
  Fail(ncclRemoteError);
}

void Member::Fail(ncclResult_t error) {
  const std::lock_guard lock(world_->mutex);
  if (error_ == ncclSuccess) error_ = error;
  world_->changed.notify_all();
}

void Member::Run(const std::vector<Collective>& group) {
  const ncclResult_t failure = TheNcclBehavior().next_failure.exchange(ncclSuccess);
  if (failure != ncclSuccess) Fail(failure);
  std::unique_lock lock(world_->mutex);
  if (error_ != ncclSuccess) return;
  std::vector<Pending> pending;
  for (const Collective& collective : group) pending.push_back(Post(collective));
  for (const Pending& one : pending) Await(one, lock);
}

Member::Pending Member::Post(const Collective& collective) {
  return collective.between_two() ? PostToOne(collective) : PostToAll(collective);
}

Member::Pending Member::PostToAll(const Collective& collective) {
  std::shared_ptr<Meeting>& place = world_->meetings[next_];
  if (place == nullptr) place = std::make_shared<Meeting>();
  const std::shared_ptr<Meeting> meeting = place;
  meeting->parts.resize(static_cast<std::size_t>(world_->size));
  meeting->parts[static_cast<std::size_t>(rank_)] = collective;
  if (++meeting->arrived == world_->size) {
    const std::string problem = DisagreementOf(meeting->parts);
    if (problem.empty()) {
      Execute(meeting->parts);
    } else {
      Report(problem);
    }
    meeting->done = true;
    world_->meetings.erase(next_);
    world_->changed.notify_all();
  }
  ++next_;
  return {meeting, collective};
}

Member::Pending Member::PostToOne(const Collective& collective) {
  const bool sends = collective.kind == CollectiveKind::kSend;
  const World::Ends ends = sends ? World::Ends{rank_, collective.peer} : World::Ends{collective.peer, rank_};
  auto& others = (sends ? world_->receives : world_->sends)[ends];
  if (others.empty()) {
    const auto meeting = std::make_shared<Meeting>();
    meeting->parts = {collective};
    meeting->arrived = 1;
    (sends ? world_->sends : world_->receives)[ends].push_back(meeting);
    return {meeting, collective};
  }
  const std::shared_ptr<Meeting> meeting = others.front();
  others.pop_front();
  const Collective& other = meeting->parts.front();
  if (other.bytes() == collective.bytes()) {
    sends ? Deliver(collective, other) : Deliver(other, collective);
  } else {
    Report("ranks disagree: " + Describe(collective) + " on rank " + std::to_string(rank_) + " meets " +
           Describe(other));
  }
  meeting->done = true;
  world_->changed.notify_all();
  return {meeting, collective};
}

void Member::Await(const Pending& pending, std::unique_lock<std::mutex>& lock) {
  const auto over = [&] { return pending.meeting->done || error_ != ncclSuccess; };
  if (world_->changed.wait_for(lock, TheNcclBehavior().patience.load(), over)) return;
  Report("hang: rank " + std::to_string(rank_) + " waits in " + Describe(pending.collective) + ", for which " +
         std::to_string(pending.meeting->arrived) + " have come");
  error_ = ncclRemoteError;
}

}  // namespace shortlist::simt
