#include "index/bundle_manifest.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/sealed_json.h"
#include "base/settings_json.h"
#include "index/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

class BundleManifestTest : public ::testing::Test {
 protected:
  BundleManifestTest() {
    manifest_.version = "20260101T000000Z-0123abcd";
    manifest_.settings.name = "shop";
    manifest_.settings.model.similarity = Similarity::kDot;
    manifest_.vector_width = 65;
    manifest_.history_has_times = true;
    manifest_.items = {1000, IndexKind::kHnsw, {10, 500, 0.98, 0.97, 0.99}, 61.5, 2.5, 4096, 30.5};
    manifest_.users = {20, IndexKind::kFlat, {10, 500, 1, 0.99, 1}, 3, 0.1, 512, 0};
    manifest_.catalog = {1010, 990, {{"0123456789abcdef", 17}}, "20251231T000000Z-0123abcd"};
    manifest_.forced = {{"index", "2026-01-01T00:00:00Z", "recall is low"}};
    manifest_.dataset_digest = "d";
    manifest_.checkpoint_digest = "c";
    manifest_.files = {{"items.faiss", 12, "ab"}, {"model/model.json", 3, "cd"}};
  }

  // The refusal of the manifest with one field set to another value.
  std::string RefusalWith(const std::string& pointer, const Json& value, Code expected) const {
    Json json = Json::parse(ToJson(manifest_));
    json.erase("sha256");
    json[Json::json_pointer(pointer)] = value;
    base::WriteFileAtomically(path_, base::SealJson(json.dump()));
    try {
      ReadManifest(path_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), expected);
      return error.what();
    }
    return "";
  }

  const ScratchFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "manifest.json";
  BundleManifest manifest_;
};

TEST_F(BundleManifestTest, ReadsWhatWasWritten) {
  base::WriteFileAtomically(path_, ToJson(manifest_));
  const auto [read, json] = ReadManifest(path_);
  EXPECT_EQ(json, ToJson(manifest_));
  EXPECT_EQ(ToJson(read), ToJson(manifest_));
  EXPECT_EQ(read.items.kind, IndexKind::kHnsw);
  EXPECT_EQ(read.items.recall.high, 0.99);
  EXPECT_EQ(read.items.bytes, 4096U);
  EXPECT_EQ(read.items.tuning_seconds, 30.5);
  EXPECT_EQ(read.catalog.learned, 990);
  ASSERT_EQ(read.catalog.merged.size(), 1U);
  EXPECT_EQ(read.catalog.merged[0].changes, 17);
  ASSERT_EQ(read.forced.size(), 1U);
  EXPECT_EQ(read.forced[0].reason, "recall is low");
  EXPECT_EQ(read.files[1].name, "model/model.json");
  EXPECT_EQ(base::SettingsToJson(read.settings), base::SettingsToJson(manifest_.settings));
}

TEST_F(BundleManifestTest, SaysWhatPeopleLookFor) {
  const Json json = Json::parse(ToJson(manifest_));
  EXPECT_EQ(json.at("format_version"), 4);
  EXPECT_EQ(json.at("similarity"), "dot");
  EXPECT_EQ(json.at("items").at("recall").at("low"), 0.97);
  EXPECT_EQ(json.at("lineage").at("dataset"), "d");
}

TEST_F(BundleManifestTest, AnUnknownFormatVersionIsAPreconditionThatFailed) {
  EXPECT_THAT(RefusalWith("/format_version", 5, Code::kFailedPrecondition), HasSubstr(path_.string()));
  EXPECT_THAT(RefusalWith("/format_version", 1, Code::kFailedPrecondition), HasSubstr(path_.string()));
}

TEST_F(BundleManifestTest, ReadsTheFormatsBeforeThisOne) {
  Json json = Json::parse(ToJson(manifest_));
  json["format_version"] = 2;
  for (const char* added : {"sha256", "forced", "catalog"}) json.erase(added);
  for (const char* index : {"items", "users"}) {
    for (const char* added : {"bytes", "tuning_seconds"}) json[index].erase(added);
  }
  json["settings"]["index"].erase("target_recall");
  base::WriteFileAtomically(path_, base::SealJson(json.dump()));
  const BundleManifest read = ReadManifest(path_).manifest;
  EXPECT_EQ(read.items.recall.value, 0.98);
  EXPECT_EQ(read.items.bytes, 0U);
  EXPECT_TRUE(read.forced.empty());
  EXPECT_EQ(read.catalog.items, 1000);
  EXPECT_EQ(read.catalog.learned, 1000);
}

TEST_F(BundleManifestTest, WhatIsNotAManifestIsRefusedByName) {
  EXPECT_THAT(RefusalWith("/format", "other", Code::kDataLoss), HasSubstr(path_.string()));
  EXPECT_THAT(RefusalWith("/vector_width", "wide", Code::kDataLoss), HasSubstr(path_.string()));
  EXPECT_THAT(RefusalWith("/items/kind", "tree", Code::kDataLoss), HasSubstr(path_.string()));
  EXPECT_THAT(RefusalWith("/items", nullptr, Code::kDataLoss), HasSubstr(path_.string()));
  EXPECT_THAT(RefusalWith("/catalog/learned", 1001, Code::kDataLoss), HasSubstr(path_.string()));
  EXPECT_THAT(RefusalWith("/catalog/items", 999, Code::kDataLoss), HasSubstr(path_.string()));
  EXPECT_THAT(RefusalWith("/files", 7, Code::kDataLoss), HasSubstr(path_.string()));
  EXPECT_THAT(RefusalWith("/settings/nonsense", 1, Code::kDataLoss), HasSubstr(path_.string()));
}

}  // namespace
}  // namespace shortlist::index
