#include <filesystem>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "index/bundle.h"
#include "index/made_bundle.h"
#include "index/made_vectors.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class BundleWriterTest : public ::testing::Test {
 protected:
  BundleInputs Inputs(std::int32_t items, std::int32_t users) const {
    return MadeInputs(items, users, folder_.path() / "model");
  }

  // The message with which inputs changed in one place are refused.
  std::string Refusal(const std::function<void(BundleInputs&)>& change) const {
    BundleInputs inputs = Inputs(10, 3);
    change(inputs);
    try {
      WriteBundle(inputs, path_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kInvalidArgument);
      EXPECT_FALSE(fs::exists(path_));
      return error.what();
    }
    return "";
  }

  const ScratchFolder folder_;
  const fs::path path_ = folder_.path() / "bundle";
};

TEST_F(BundleWriterTest, ReportsWhatTheManifestSays) {
  const IndexReport report = WriteBundle(Inputs(40, 5), path_);
  EXPECT_THAT(report.version, MatchesRegex("[0-9]+T[0-9]+Z-[0-9a-f]+"));
  EXPECT_EQ(report.item_recall, 1);
  EXPECT_LT(report.item_recall_low, 1);
  EXPECT_EQ(report.item_recall_high, 1);
  EXPECT_EQ(report.user_recall, 1);
  EXPECT_EQ(report.item_index_bytes, fs::file_size(path_ / "items.faiss"));
  EXPECT_EQ(report.user_index_bytes, fs::file_size(path_ / "users.faiss"));
  const auto manifest = nlohmann::json::parse(Bundle::Open(path_).ManifestJson());
  EXPECT_EQ(manifest.at("version"), report.version);
  EXPECT_EQ(manifest.at("similarity"), "cosine");
  EXPECT_EQ(manifest.at("items").at("recall").at("queries"), 20);
  EXPECT_EQ(manifest.at("lineage").at("checkpoint"), "c1");
}

TEST_F(BundleWriterTest, TheSampleHoldsExactAnswersOfTheQueries) {
  const BundleInputs inputs = Inputs(40, 5);
  WriteBundle(inputs, path_);
  const Bundle bundle = Bundle::Open(path_);
  const Bundle::Sample& sample = bundle.sample();
  EXPECT_EQ(sample.k, 3);
  ASSERT_EQ(sample.queries.size(), 4U * kBundleWidth);
  for (std::int64_t q = 0; q < 4; ++q) {
    const auto best = TrueBest(inputs.item_vectors, Row(sample.queries, kBundleWidth, q), 3);
    EXPECT_TRUE(std::equal(best.begin(), best.end(), sample.exact_ids.begin() + q * 3));
  }
}

TEST_F(BundleWriterTest, ApproximateIndexesAreMeasuredAndServed) {
  BundleInputs inputs = Inputs(5000, 5);
  inputs.settings.index.items.kind = IndexKind::kIvfPqFastScan;
  inputs.settings.index.items.probes = 1;
  inputs.settings.index.items.lists = 100;
  inputs.settings.index.target_recall = 0;
  const IndexReport report = WriteBundle(inputs, path_);
  EXPECT_LT(report.item_recall, 1);
  EXPECT_GT(report.item_recall, 0.2);
  EXPECT_LT(report.item_recall_low, report.item_recall);
  const Bundle bundle = Bundle::Open(path_);
  EXPECT_EQ(bundle.items().kind(), IndexKind::kIvfPqFastScan);
  EXPECT_LE(bundle.sample().index_recall, 1);
}

TEST_F(BundleWriterTest, RecallBelowItsTargetIsRefusedUnlessForced) {
  BundleInputs inputs = Inputs(5000, 5);
  inputs.settings.index.items.kind = IndexKind::kIvfFlat;
  inputs.settings.index.items.probes = 1;
  inputs.settings.index.target_recall = 1;
  try {
    WriteBundle(inputs, path_);
    ADD_FAILURE() << "written";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kFailedPrecondition);
    EXPECT_THAT(error.what(), HasSubstr("less than index.target_recall, 1"));
  }
  EXPECT_FALSE(fs::exists(path_));
  inputs.gate = RecallGate::kForce;
  EXPECT_EQ(WriteBundle(inputs, path_).forced.size(), 1U);
  EXPECT_THAT(Bundle::Open(path_).ManifestJson(), HasSubstr("less than index.target_recall"));
}

TEST_F(BundleWriterTest, AnAutomaticKindIsTunedAndItsChoiceRecorded) {
  BundleInputs inputs = Inputs(5000, 5);
  inputs.settings.index.items.kind = IndexKind::kAuto;
  inputs.settings.index.target_recall = 0.9;
  const IndexReport report = WriteBundle(inputs, path_);
  EXPECT_GT(report.item_trials.size(), 5U);
  EXPECT_TRUE(report.user_trials.empty());
  EXPECT_GE(report.item_recall, 0.9);
  const Bundle bundle = Bundle::Open(path_);
  EXPECT_EQ(bundle.settings().index.items.kind, bundle.items().kind());
  EXPECT_EQ(bundle.settings().index.items.neighbors, inputs.settings.index.recall_k);
  const auto manifest = nlohmann::json::parse(bundle.ManifestJson());
  EXPECT_GT(manifest.at("items").at("tuning_seconds"), 0);
  EXPECT_EQ(manifest.at("items").at("bytes"), fs::file_size(path_ / "items.faiss"));
}

TEST_F(BundleWriterTest, NoUsersNoQueriesAndNoItemsStillMakeABundle) {
  BundleInputs inputs = Inputs(1, 0);
  inputs.query_vectors.clear();
  const IndexReport report = WriteBundle(inputs, path_);
  EXPECT_EQ(report.item_recall_low, 0);
  EXPECT_EQ(report.item_recall_high, 1);
  EXPECT_EQ(Bundle::Open(path_).user_count(), 0);
  WriteBundle(Inputs(0, 0), path_);
  EXPECT_EQ(Bundle::Open(path_).item_count(), 0);
}

TEST_F(BundleWriterTest, UsersStandInForMissingQueries) {
  BundleInputs inputs = Inputs(20, 7);
  inputs.query_vectors.clear();
  WriteBundle(inputs, path_);
  const auto manifest = nlohmann::json::parse(Bundle::Open(path_).ManifestJson());
  EXPECT_EQ(manifest.at("items").at("recall").at("queries"), 7);
}

TEST_F(BundleWriterTest, ReplacesAnOlderBundleWhole) {
  WriteBundle(Inputs(10, 3), path_);
  const std::string older = Bundle::Open(path_).version();
  WriteBundle(Inputs(11, 3), path_);
  const Bundle newer = Bundle::Open(path_);
  EXPECT_NE(newer.version(), older);
  EXPECT_EQ(newer.item_count(), 11);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2) << "something temporary was left behind";
}

TEST_F(BundleWriterTest, AFailureLeavesTheOlderBundle) {
  WriteBundle(Inputs(10, 3), path_);
  const std::string older = Bundle::Open(path_).version();
  BundleInputs bad = Inputs(11, 3);
  bad.item_vectors[3] = std::nanf("");
  EXPECT_THROW(WriteBundle(bad, path_), Error);
  EXPECT_EQ(Bundle::Open(path_).version(), older);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2) << "something temporary was left behind";
}

TEST_F(BundleWriterTest, RefusesInputsThatDoNotFitNamingThem) {
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.vector_width = 0; }), HasSubstr("width"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.item_vectors.pop_back(); }), HasSubstr("item vectors"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.user_vectors.pop_back(); }), HasSubstr("user vectors"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.query_vectors.pop_back(); }), HasSubstr("query vectors"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.titles.pop_back(); }), HasSubstr("titles"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.item_ids[1] = "item-0"; }), HasSubstr("'item-0'"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.user_ids[1] = "user-0"; }), HasSubstr("'user-0'"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.popular_items[0] = 10; }), HasSubstr("popular"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.history_items[0] = -1; }), HasSubstr("history"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.history_times.clear(); }), HasSubstr("times"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.history_offsets.pop_back(); }), HasSubstr("offsets"));
  EXPECT_THAT(Refusal([](BundleInputs& inputs) { inputs.model_directory /= "absent"; }), HasSubstr("absent"));
}

}  // namespace
}  // namespace shortlist::index
