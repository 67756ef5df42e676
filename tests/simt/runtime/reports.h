// Faults found while kernels run. A report does not stop the run; tests fail on any.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

namespace shortlist::simt {

// Any thread may add.
class Reports {
 public:
  // "kind: message", with the block and thread that runs. Equal reports, and those after the first 50, are only
  // counted.
  void Add(const std::string& kind, const std::string& message);

  // All since the last call. The last line tells of those that were only counted.
  std::vector<std::string> Take();

 private:
  std::mutex mutex_;
  std::vector<std::string> reports_;
  std::vector<std::string> seen_;  // kind and message, without the place
  std::size_t more_ = 0;
};

}  // namespace shortlist::simt
