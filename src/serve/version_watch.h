// Looks at a model directory again and again, on a thread that gets out of the way of those that answer.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "serve/model_versions.h"

namespace shortlist::serve {

class VersionWatch {
 public:
  // `versions` must outlive this.
  VersionWatch(ModelVersions& versions, double poll_seconds);
  // Waits for a look that is under way.
  ~VersionWatch() = default;
  VersionWatch(const VersionWatch&) = delete;
  VersionWatch& operator=(const VersionWatch&) = delete;

 private:
  void Run(const std::stop_token& stop);

  ModelVersions& versions_;
  const double poll_seconds_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace shortlist::serve
