// Owners of what the program holds handles of.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

namespace shortlist::simt {

// A handle is the address of the object. Any thread may call.
template <class Object>
class HandleTable {
 public:
  void* Add(std::shared_ptr<Object> object) {
    const std::lock_guard lock(mutex_);
    objects_.push_back(std::move(object));
    return objects_.back().get();
  }
  // Null if there is no such object.
  std::shared_ptr<Object> Find(const void* handle) const {
    const std::lock_guard lock(mutex_);
    const auto found = Place(handle);
    return found == objects_.end() ? nullptr : *found;
  }
  // Takes it out of the table; null if there is no such object.
  std::shared_ptr<Object> Remove(const void* handle) {
    const std::lock_guard lock(mutex_);
    const auto found = Place(handle);
    if (found == objects_.end()) return nullptr;
    std::shared_ptr<Object> removed = *found;
    objects_.erase(found);
    return removed;
  }
  std::vector<std::shared_ptr<Object>> All() const {
    const std::lock_guard lock(mutex_);
    return objects_;
  }

 private:
  auto Place(const void* handle) const {
    return std::find_if(objects_.begin(), objects_.end(), [&](const auto& object) { return object.get() == handle; });
  }

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Object>> objects_;
};

}  // namespace shortlist::simt
