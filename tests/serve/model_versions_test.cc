#include "serve/model_versions.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/memory.h"
#include "serve/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ModelVersionsTest : public ::testing::Test {
 protected:
  fs::path models() const { return folder_.path() / "models"; }

  // Versions of different names are of different retailers.
  void Publish(const std::string& name) const { fs::rename(MakeBundle(name), Place(name)); }

  // One whose vectors are wider than those of its model.
  void PublishWrongWidth(const std::string& name) const {
    index::BundleInputs inputs = MadeRetailer().Inputs(IndexKind::kFlat, folder_.path() / "model");
    for (std::vector<float>* vectors : {&inputs.item_vectors, &inputs.user_vectors, &inputs.query_vectors}) {
      vectors->resize(vectors->size() / static_cast<std::size_t>(inputs.vector_width) *
                      static_cast<std::size_t>(inputs.vector_width + 1));
    }
    ++inputs.vector_width;
    index::WriteBundle(inputs, Place(name));
  }

  fs::path MakeBundle(const std::string& name) const {
    return WriteMadeBundle(MadeRetailer(std::hash<std::string>()(name)), folder_.path());
  }

  fs::path Place(const std::string& name) const {
    fs::create_directories(models());
    return models() / name;
  }

  void Damage(const std::string& name) const { std::ofstream(models() / name / "users.faiss", std::ios::app) << 'x'; }

  static VersionSettings Settings(VersionPolicy policy, const std::string& stable, const std::string& canary = {},
                                  double percent = 0) {
    VersionSettings settings;
    settings.policy = policy;
    settings.stable = stable;
    settings.canary = canary;
    settings.canary_percent = percent;
    return settings;
  }

  void Start(const VersionSettings& settings = {}) {
    versions_ = std::make_unique<ModelVersions>(settings, models(), retrieval_);
    versions_->Start();
  }

  VersionStatus Status(const std::string& name) const {
    for (const VersionStatus& status : versions_->List()) {
      if (status.name == name) return status;
    }
    ADD_FAILURE() << "no version " << name;
    return {};
  }

  // The version that has the stable traffic, found by what it answers.
  std::string Serving() const {
    const std::string bundle = retrieval_.traffic().stable->bundle().version();
    for (const VersionStatus& status : versions_->List()) {
      if (status.bundle_version == bundle && status.state == VersionState::kStable) return status.name;
    }
    return "";
  }

  template <class Action>
  static void ExpectError(Code code, const std::string& message, const Action& action) {
    try {
      action();
      ADD_FAILURE() << "expected: " << message;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }

  ScratchFolder folder_;
  RetrievalService retrieval_{{}, {}};
  std::unique_ptr<ModelVersions> versions_;
};

TEST_F(ModelVersionsTest, StartsWithTheNewest) {
  Publish("v1");
  Publish("v2");
  Start();
  EXPECT_EQ(Serving(), "v2");
  EXPECT_EQ(Status("v1").state, VersionState::kAvailable);
  EXPECT_EQ(versions_->counts().loaded, 1);
}

TEST_F(ModelVersionsTest, FollowsANewVersionAndFreesTheOldOneWhenItsLastAnswerIsGone) {
  Publish("v1");
  Start();
  RecommendRequest request;
  request.k = 3;
  auto answer = std::make_unique<Recommendation>(retrieval_.Recommend(request));
  const std::weak_ptr<const ServingSnapshot> old = answer->snapshot;
  Publish("v2");
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v2");
  EXPECT_EQ(versions_->FreeRetired(), 1U);
  EXPECT_FALSE(old.expired());
  answer.reset();
  EXPECT_FALSE(old.expired()) << "freed on the thread of the request";
  EXPECT_EQ(versions_->FreeRetired(), 0U);
  EXPECT_TRUE(old.expired());
  EXPECT_EQ(versions_->counts().freed, 1);
}

TEST_F(ModelVersionsTest, RefusesADamagedVersionOnceAndServesOn) {
  Publish("v1");
  Start();
  Publish("v2");
  Damage("v2");
  versions_->Refresh();
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v1");
  EXPECT_EQ(Status("v2").state, VersionState::kRefused);
  EXPECT_THAT(Status("v2").reason, HasSubstr("users.faiss"));
  EXPECT_EQ(versions_->counts().refused, 1);
}

TEST_F(ModelVersionsTest, TriesARefusedVersionAgainWhenItChanges) {
  Publish("v1");
  Start();
  Publish("v2");
  const fs::path file = models() / "v2/users.faiss";
  const auto whole = fs::file_size(file);
  Damage("v2");
  versions_->Refresh();
  fs::resize_file(file, whole);
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v2");
  EXPECT_EQ(Status("v2").reason, "");
}

TEST_F(ModelVersionsTest, TakesTheNextNewestWhenTheNewestIsRefused) {
  Publish("v1");
  Publish("v2");
  Damage("v2");
  Start();
  EXPECT_EQ(Serving(), "v1");
}

TEST_F(ModelVersionsTest, WaitsForTheManifestOfAVersionThatIsBeingCopied) {
  Publish("v1");
  Start();
  Publish("v2");
  fs::rename(models() / "v2/manifest.json", folder_.path() / "manifest.json");
  versions_->Refresh();
  EXPECT_EQ(Status("v2").state, VersionState::kIncomplete);
  EXPECT_EQ(versions_->counts().refused, 0);
  fs::rename(folder_.path() / "manifest.json", models() / "v2/manifest.json");
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v2");
}

TEST_F(ModelVersionsTest, RefusesVectorsOfAnotherWidthThanTheModels) {
  Publish("v1");
  Start();
  PublishWrongWidth("v2");
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v1");
  EXPECT_THAT(Status("v2").reason, HasSubstr("coordinates per vector"));
}

TEST_F(ModelVersionsTest, RefusesWhatMemoryHasNoRoomFor) {
  Publish("v1");
  VersionSettings settings;
  settings.memory_mib = 1;
  ExpectError(Code::kResourceExhausted, "serve.versions.memory_mib", [&] { Start(settings); });
}

TEST_F(ModelVersionsTest, ServesOnWhenWhatItServesIsDamagedOnDisk) {
  Publish("v1");
  Publish("v2");
  Start();
  Damage("v2");
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v2");
  EXPECT_THAT(Status("v2").reason, HasSubstr("users.faiss"));
}

TEST_F(ModelVersionsTest, GoesBackWhenTheVersionItServesIsTakenAwayAndStaysWhenAllAre) {
  Publish("v1");
  Publish("v2");
  Start();
  fs::remove_all(models() / "v2");
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v1");
  fs::remove_all(models());
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v1");
}

TEST_F(ModelVersionsTest, FollowsABundleThatIsReplacedInPlace) {
  fs::create_directories(models().parent_path());
  fs::rename(MakeBundle("a"), models());
  Start();
  const std::string first = retrieval_.traffic().stable->bundle().version();
  fs::remove_all(models());
  fs::rename(MakeBundle("b"), models());
  versions_->Refresh();
  EXPECT_NE(retrieval_.traffic().stable->bundle().version(), first);
}

TEST_F(ModelVersionsTest, StaysWithAPinnedVersion) {
  Publish("v1");
  Publish("v2");
  Start(Settings(VersionPolicy::kPinned, "v1"));
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v1");
}

TEST_F(ModelVersionsTest, DoesNotStartWithoutThePinnedVersion) {
  Publish("v1");
  ExpectError(Code::kNotFound, "there is no version 'v7'", [&] { Start(Settings(VersionPolicy::kPinned, "v7")); });
}

TEST_F(ModelVersionsTest, DoesNotStartWithoutAnyVersion) {
  fs::create_directories(models());
  ExpectError(Code::kNotFound, "manifest.json", [&] { Start(); });
}

TEST_F(ModelVersionsTest, GivesTheCanaryItsShareOfShoppers) {
  Publish("v1");
  Publish("v2");
  Start(Settings(VersionPolicy::kLabels, "v1", "v2", 30));
  const Traffic traffic = retrieval_.traffic();
  int on_canary = 0;
  for (int user = 0; user < 2000; ++user) on_canary += traffic.For("user-" + std::to_string(user)) == traffic.canary;
  EXPECT_NEAR(on_canary, 600, 80);
  EXPECT_EQ(traffic.For(std::nullopt), traffic.stable);
  EXPECT_EQ(Status("v2").state, VersionState::kCanary);
}

TEST_F(ModelVersionsTest, ServesWithoutACanaryThatIsRefused) {
  Publish("v1");
  Publish("v2");
  Damage("v2");
  Start(Settings(VersionPolicy::kLabels, "v1", "v2", 30));
  EXPECT_EQ(retrieval_.traffic().canary, nullptr);
  EXPECT_EQ(Status("v2").state, VersionState::kRefused);
}

TEST_F(ModelVersionsTest, ActivatesAndRollsBack) {
  Publish("v1");
  Start();
  Publish("v2");
  versions_->Refresh();
  versions_->Rollback();
  EXPECT_EQ(Serving(), "v1");
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v1") << "followed the newest again";
  versions_->ActivateStable("v2");
  EXPECT_EQ(Serving(), "v2");
  versions_->ActivateStable("v1");
  versions_->Follow();
  EXPECT_EQ(Serving(), "v2");
}

TEST_F(ModelVersionsTest, HasNothingToRollBackToAtFirst) {
  Publish("v1");
  Start();
  ExpectError(Code::kFailedPrecondition, "no other version", [&] { versions_->Rollback(); });
}

TEST_F(ModelVersionsTest, PromotesACanary) {
  Publish("v1");
  Start();
  Publish("v2");
  versions_->ActivateCanary("v2", 50);
  EXPECT_EQ(Serving(), "v1");
  const auto canary = retrieval_.traffic().canary;
  ASSERT_NE(canary, nullptr);
  versions_->ActivateStable("v2");
  EXPECT_EQ(retrieval_.traffic().stable, canary) << "was loaded again";
  EXPECT_EQ(retrieval_.traffic().canary, nullptr);
}

TEST_F(ModelVersionsTest, ChangesNothingWhenWhatIsAskedForCannotBeServed) {
  Publish("v1");
  Start();
  Publish("v2");
  Damage("v2");
  ExpectError(Code::kDataLoss, "users.faiss", [&] { versions_->ActivateStable("v2"); });
  ExpectError(Code::kNotFound, "there is no version 'v3'", [&] { versions_->ActivateStable("v3"); });
  EXPECT_EQ(Serving(), "v1");
  Publish("v4");
  versions_->Refresh();
  EXPECT_EQ(Serving(), "v4") << "follows the newest no more";
}

class KeptModelVersionsTest : public ModelVersionsTest {
 protected:
  KeptModelVersionsTest() { settings_.state = folder_.path() / "state.json"; }

  void Restart() { Start(settings_); }

  VersionSettings settings_;
};

TEST_F(KeptModelVersionsTest, ServesAfterARestartWhatWasActivatedAndRollsBackFromIt) {
  Publish("v1");
  Publish("v2");
  Restart();
  versions_->ActivateStable("v1");
  EXPECT_EQ(versions_->warning(), "");
  Publish("v3");
  Restart();
  EXPECT_EQ(Serving(), "v1");
  versions_->Rollback();
  EXPECT_EQ(Serving(), "v2");
  Restart();
  EXPECT_EQ(Serving(), "v2");
}

TEST_F(KeptModelVersionsTest, ServesTheCanaryAgainToTheSameShare) {
  Publish("v1");
  Restart();
  Publish("v2");
  versions_->ActivateCanary("v2", 25);
  Restart();
  EXPECT_EQ(Serving(), "v1");
  EXPECT_EQ(Status("v2").state, VersionState::kCanary);
  EXPECT_EQ(retrieval_.traffic().canary_percent, 25);
}

TEST_F(KeptModelVersionsTest, FollowsTheSettingsWhenToldToAndWhenTheyChanged) {
  Publish("v1");
  Publish("v2");
  Restart();
  versions_->ActivateStable("v1");
  versions_->Follow();
  Restart();
  EXPECT_EQ(Serving(), "v2");
  versions_->ActivateStable("v1");
  Publish("v3");
  settings_.policy = VersionPolicy::kPinned;
  settings_.stable = "v3";
  Restart();
  EXPECT_EQ(Serving(), "v3");
}

TEST_F(KeptModelVersionsTest, FollowsTheSettingsWhenWhatWasActivatedIsGone) {
  Publish("v1");
  Publish("v2");
  Restart();
  versions_->ActivateStable("v1");
  fs::remove_all(models() / "v1");
  Restart();
  EXPECT_EQ(Serving(), "v2");
}

TEST_F(KeptModelVersionsTest, SaysThatARestartForgetsWhereItCannotWrite) {
  Publish("v1");
  Publish("v2");
  Restart();
  fs::create_directories(fs::path(settings_.state) / "in the way");
  versions_->ActivateStable("v1");
  EXPECT_EQ(Serving(), "v1");
  EXPECT_THAT(versions_->warning(), HasSubstr("state.json"));
}

TEST_F(ModelVersionsTest, SaysThatARestartForgetsWithoutAStateFile) {
  Publish("v1");
  Start();
  EXPECT_EQ(versions_->warning(), "");
  versions_->ActivateStable("v1");
  EXPECT_THAT(versions_->warning(), HasSubstr("serve.versions.state"));
  versions_->Follow();
  EXPECT_EQ(versions_->warning(), "");
}

using ModelVersionsSlowTest = ModelVersionsTest;

TEST_F(ModelVersionsSlowTest, HoldsNoMoreMemoryAfterAThousandLoads) {
  constexpr int kCycles = 1000;
  constexpr int kWarmUp = 100;
  constexpr std::uint64_t kMebibyte = 1 << 20;
  Publish("v1");
  Publish("v2");
  Start();
  std::uint64_t before = 0;
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    versions_->ActivateStable(cycle % 2 == 0 ? "v1" : "v2");
    EXPECT_EQ(versions_->FreeRetired(), 0U);
    if (cycle == kWarmUp) before = base::OwnMemory();
  }
  EXPECT_EQ(versions_->counts().freed, kCycles);
  EXPECT_LT(base::OwnMemory(), before + 4 * kMebibyte);
  std::printf("own memory after %d loads %.1f MiB, after %d %.1f MiB\n", kWarmUp,
              static_cast<double>(before) / kMebibyte, kCycles, static_cast<double>(base::OwnMemory()) / kMebibyte);
}

}  // namespace
}  // namespace shortlist::serve
