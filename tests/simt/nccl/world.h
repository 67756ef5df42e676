// Ranks of a simulated NCCL communicator, each a thread of this process: the last to come executes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "simt/nccl/collective.h"

namespace shortlist::simt {

// What one rank knows of its communicator.
class Member {
 public:
  // The ranks that give the same key are one world. Does not wait for the others.
  Member(std::uint64_t key, int rank, int size);
  // Operations of other ranks go on waiting for this one.
  ~Member();
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  int rank() const { return rank_; }
  int size() const;
  bool blocking = true;

  // All ranks are there.
  bool joined() const;
  // Posts all, then waits for all, on the thread that runs the stream.
  void Run(const std::vector<Collective>& group);
  // What goes on ends, and nothing begins anymore.
  void Abort();
  // Makes the communicator fail.
  void Fail(ncclResult_t error);
  ncclResult_t error() const;

 private:
  struct Meeting;
  struct World;
  struct Pending {
    std::shared_ptr<Meeting> meeting;
    Collective collective;
  };

  static std::shared_ptr<World> WorldOf(std::uint64_t key, int size);

  // With the world locked.
  Pending Post(const Collective& collective);
  Pending PostToAll(const Collective& collective);
  Pending PostToOne(const Collective& collective);
  void Await(const Pending& pending, std::unique_lock<std::mutex>& lock);

  std::shared_ptr<World> world_;
  int rank_;
  std::uint64_t next_ = 0;  // meeting of all ranks
  ncclResult_t error_ = ncclSuccess;
};

}  // namespace shortlist::simt
