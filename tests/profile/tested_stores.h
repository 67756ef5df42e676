// Stores of every kind, for tests.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/redis_profile_store.h"
#include "profile/redis_server.h"
#include "profile/rocks_profile_store.h"

namespace shortlist::profile {

inline constexpr StoreMemory kLongMemory{.event_id_seconds = 1000000, .erasure_seconds = 1000000};

// One store, which may be opened again and again.
class TestedStores {
 public:
  virtual ~TestedStores() = default;
  virtual std::unique_ptr<ProfileStore> Open(StoreMemory memory = kLongMemory) = 0;
};

class RocksStores final : public TestedStores {
 public:
  std::unique_ptr<ProfileStore> Open(StoreMemory memory) override {
    return std::make_unique<RocksProfileStore>(scratch_.path(), memory);
  }

 private:
  ScratchDirectory scratch_;
};

class RedisStores final : public TestedStores {
 public:
  std::unique_ptr<ProfileStore> Open(StoreMemory memory) override { return OpenAs("server", memory); }
  std::unique_ptr<RedisProfileStore> OpenAs(const std::string& server, StoreMemory memory = kLongMemory) const {
    return std::make_unique<RedisProfileStore>(redis_.settings(), server, "key", memory);
  }
  RedisServer& redis() { return redis_; }

 private:
  RedisServer redis_;
};

struct MakeStores {
  std::string name;
  std::function<std::unique_ptr<TestedStores>()> make;

  std::unique_ptr<TestedStores> operator()() const { return make(); }
};

inline std::vector<MakeStores> AllTestedStores() {
  return {{"Rocks", [] { return std::make_unique<RocksStores>(); }},
          {"Redis", [] { return std::make_unique<RedisStores>(); }}};
}

inline std::string NameOfStores(const ::testing::TestParamInfo<MakeStores>& tested) {
  return tested.param.name;
}

}  // namespace shortlist::profile
