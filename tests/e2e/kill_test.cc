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

  // A kill is as bad as the moments at which the artifact is not there: looks for them while the stage replaces it.
  void ExpectNeverAbsent(const std::string& stage, const std::filesystem::path& manifest) const {
    Program program({stage, config_.string()}, scratch_.path());
    int absent = 0;
    while (!program.Ended()) {
      for (int look = 0; look < 100; ++look) absent += std::filesystem::exists(manifest) ? 0 : 1;
    }
    EXPECT_EQ(absent, 0) << stage;
    EXPECT_EQ(program.Wait().status, 0) << stage;
  }

  void ExpectNoLeftovers() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_ / "run")) {
      const bool leftover = entry.is_directory() && entry.path().filename().string().find(".tmp.") != std::string::npos;
      EXPECT_FALSE(leftover) << entry.path();
    }
  }

  static constexpr int kRounds = 12;
};

TEST_F(KillTest, Prepare) {
  KillAndReopen("prepare", [this] { data::Dataset::Open(dataset()); });
  ExpectNeverAbsent("prepare", dataset() / "dataset.json");
}

TEST_F(KillTest, Train) {
  Succeed({"prepare", config_.string()});
  KillAndReopen("train", [this] {
    const auto backend = tensor::MakeCpuBackend(1);
    model::TwoTower::Load(train::FindModel(checkpoints()), *backend);
  });
  ExpectNeverAbsent("train", checkpoints() / "last/checkpoint.json");
}

TEST_F(KillTest, Index) {
  Succeed({"prepare", config_.string()});
  Succeed({"train", config_.string()});
  KillAndReopen("index", [this] { index::Bundle::Open(bundle()); });
  ExpectNeverAbsent("index", bundle() / "manifest.json");
}

}  // namespace
}  // namespace shortlist::e2e
