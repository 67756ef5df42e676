// Calls at a steady rate from several connections, and what became of each.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

namespace shortlist::faults {

using Clock = std::chrono::steady_clock;

struct CallRecord {
  Clock::time_point due;  // when it should have begun, so that a late start counts as latency
  Clock::time_point end;
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string message;
  std::string pushback = {};  // what a refused client is told to wait for, in milliseconds; empty if nothing

  double milliseconds() const { return std::chrono::duration<double, std::milli>(end - due).count(); }
};

struct LoadOptions {
  std::string address;
  int connections = 4;
  double calls_per_second = 200;  // all together
  std::chrono::milliseconds deadline{10000};
};

class Load {
 public:
  explicit Load(const LoadOptions& options);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  std::int64_t answered() const { return answered_.load(); }
  // Ends the calls and returns all of them.
  std::vector<CallRecord> Stop();

 private:
  void Run(const LoadOptions& options, int connection, std::vector<CallRecord>& records);

  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> answered_ = 0;
  std::vector<std::vector<CallRecord>> records_;
  std::vector<std::jthread> threads_;
};

// The smallest latency that `share` of the calls do not exceed, in milliseconds.
double Percentile(std::vector<double> milliseconds, double share);

}  // namespace shortlist::faults
