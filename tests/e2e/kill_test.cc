// A kill at any moment of a stage leaves the old artifact or the new one, and the next run succeeds.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/dataset.h"
#include "e2e/retailer.h"
#include "index/bundle.h"
#include "model/two_tower.h"
#include "tensor/backend.h"
#include "train/trainer.h"

namespace shortlist::e2e {
namespace {

using Clock = std::chrono::steady_clock;

class KillTest : public Retailer {
 protected:
  // Kills `stage` at moments spread over its whole duration; `open` must find an artifact each time.
  void KillAndReopen(const std::string& stage, const std::function<void()>& open) const {
    const auto start = Clock::now();
    Succeed({stage, config_.string()});
    const auto duration = Clock::now() - start;
    open();
    std::mt19937 random(1);
    int killed = 0;
    for (int round = 0; round < kRounds; ++round) {
      const double share = (round + std::uniform_real_distribution<>()(random)) / kRounds;
      Program program({stage, config_.string()}, scratch_.path());
      std::this_thread::sleep_for(std::chrono::duration_cast<Clock::duration>(duration * share));
      program.Signal(SIGKILL);
      const Outcome outcome = program.Wait();
      EXPECT_TRUE(outcome.status == 128 + SIGKILL || outcome.status == 0) << outcome.err;
      if (outcome.status != 0) ++killed;
      EXPECT_NO_THROW(open()) << stage << " killed after " << share << " of its time";
    }
    EXPECT_GT(killed, 0);
    Succeed({stage, config_.string()});
    EXPECT_NO_THROW(open());
    ExpectNoLeftovers();
  }

  void ExpectNoLeftovers() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_ / "run")) {
      const bool leftover = entry.is_directory() && entry.path().filename().string().find(".tmp.") != std::string::npos;
      EXPECT_FALSE(leftover) << entry.path();
    }
  }

  static constexpr int kRounds = 8;
};

TEST_F(KillTest, Prepare) {
  KillAndReopen("prepare", [this] { data::Dataset::Open(dataset()); });
}

TEST_F(KillTest, Train) {
  Succeed({"prepare", config_.string()});
  KillAndReopen("train", [this] {
    const auto backend = tensor::MakeCpuBackend(1);
    model::TwoTower::Load(train::FindModel(checkpoints()), *backend);
  });
}

TEST_F(KillTest, Index) {
  Succeed({"prepare", config_.string()});
  Succeed({"train", config_.string()});
  KillAndReopen("index", [this] { index::Bundle::Open(bundle()); });
}

}  // namespace
}  // namespace shortlist::e2e
