// Ends collective operations that do not come to an end, because a rank is missing.
//
// The device waits for other ranks without end, and the host for the device. A thread looks for what NCCL reports and
// for operations that are older than the timeout; the first of either is the failure, and aborts the operations, upon
// which the device goes on with whatever it has.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cuda_runtime_api.h>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "cuda/handles.h"

namespace shortlist::cuda {

class CollectiveWatch {
 public:
  // `error` asks for what has failed by itself, empty for nothing; `abort` ends all operations. Both are called by the
  // thread.
  CollectiveWatch(cudaStream_t stream, std::chrono::milliseconds timeout, std::function<std::string()> error,
                  std::function<void()> abort);
  ~CollectiveWatch();
  CollectiveWatch(const CollectiveWatch&) = delete;
  CollectiveWatch& operator=(const CollectiveWatch&) = delete;

  // Around the queueing of each operation. Begin waits for the device if it is kOperations behind.
  void Begin(const char* operation);
  void End();

  // Empty while nothing has failed.
  std::string Failure() const;
  // Makes `reason` the failure and aborts, unless there is a failure already.
  void Fail(const std::string& reason);

  static constexpr int kOperations = 64;

 private:
  using Clock = std::chrono::steady_clock;

  struct Operation {
    const char* name = "";
    std::uint64_t number = 0;
    Clock::time_point begin;
    bool queued = false;
    Event done;
  };

  Operation& OperationOf(std::uint64_t number) { return operations_[number % kOperations]; }
  void Watch();
  // The reason to fail, if the oldest operation that is not known to be done is overdue.
  std::string Overdue(std::unique_lock<std::mutex>& lock);

  cudaStream_t stream_;
  std::chrono::milliseconds timeout_;
  std::function<std::string()> error_;
  std::function<void()> abort_;
  std::array<Operation, kOperations> operations_;  // a ring
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::uint64_t begun_ = 0;  // the number of the last one; numbers count from 1
  std::uint64_t done_ = 0;   // all up to this one are known to be done
  std::string failure_;
  std::thread thread_;
};

}  // namespace shortlist::cuda
