#include "serve/quota.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace shortlist::serve {
namespace {

constexpr std::size_t kParts = 16;

}  // namespace

// The buckets of some clients, most recently used first.
class Quota::Part {
 public:
  Part(const QuotaSettings& settings, std::size_t most_clients)
      : rate_(settings.calls_per_second), burst_(settings.burst), most_clients_(most_clients) {}

  bool Take(std::string_view client, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    Bucket& bucket = Use(client, now);
    const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.tokens = std::min(burst_, bucket.tokens + std::max(0.0, seconds) * rate_);
    bucket.filled = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

 private:
  struct Bucket {
    std::string client;
    double tokens = 0;
    Clock::time_point filled;
  };

  // The client's bucket, moved to the front; a full one if it has none.
  Bucket& Use(std::string_view client, Clock::time_point now) {
    const auto found = places_.find(client);
    if (found != places_.end()) {
      buckets_.splice(buckets_.begin(), buckets_, found->second);
      return buckets_.front();
    }
    if (buckets_.size() >= most_clients_) {
      places_.erase(buckets_.back().client);
      buckets_.pop_back();
    }
    buckets_.push_front({std::string(client), burst_, now});
    places_.emplace(buckets_.front().client, buckets_.begin());
    return buckets_.front();
  }

  const double rate_;
  const double burst_;
  const std::size_t most_clients_;
  std::mutex mutex_;
  std::list<Bucket> buckets_;
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> places_;  // by the names in buckets_
};

Quota::Quota(const QuotaSettings& settings) {
  const auto clients = static_cast<std::size_t>(settings.clients);
  const std::size_t parts = std::min(kParts, clients);
  for (std::size_t i = 0; i < parts; ++i) parts_.push_back(std::make_unique<Part>(settings, clients / parts));
}

Quota::~Quota() = default;

bool Quota::Take(std::string_view client, Clock::time_point now) {
  return parts_[std::hash<std::string_view>()(client) % parts_.size()]->Take(client, now);
}

}  // namespace shortlist::serve
