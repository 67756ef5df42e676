#include "simt/runtime/reports.h"

#include <algorithm>

#include "simt/device/kernel_thread.h"

namespace shortlist::simt {
namespace {

constexpr std::size_t kKept = 50;

std::string Text(const uint3& index) {
  return "(" + std::to_string(index.x) + ", " + std::to_string(index.y) + ", " + std::to_string(index.z) + ")";
}

std::string Place() {
  const KernelThread* thread = current_kernel_thread;
  if (thread == nullptr) return "";
  return " [block " + Text(thread->block->index) + " thread " + Text(thread->index) + "]";
}

}  // namespace

void Reports::Add(const std::string& kind, const std::string& message) {
  const std::string text = kind + ": " + message;
  const std::lock_guard lock(mutex_);
  if (seen_.size() == kKept || std::find(seen_.begin(), seen_.end(), text) != seen_.end()) {
    ++more_;
    return;
  }
  seen_.push_back(text);
  reports_.push_back(text + Place());
}

std::vector<std::string> Reports::Take() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> taken;
  taken.swap(reports_);
  if (more_ > 0) taken.push_back("and " + std::to_string(more_) + " more");
  seen_.clear();
  more_ = 0;
  return taken;
}

}  // namespace shortlist::simt
