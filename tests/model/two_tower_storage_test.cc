#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "model/tiny_model.h"
#include "model/two_tower.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

namespace fs = std::filesystem;

class TwoTowerStorageTest : public testing::Test {
 protected:
  void ExpectRefused(Code code, const std::string& name) {
    try {
      TwoTower::Load(directory_.path(), *backend_);
      FAIL() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }

  ScratchDirectory directory_;
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
};

TEST_F(TwoTowerStorageTest, ALoadedModelEncodesTheSameBytes) {
  const TwoTower model(FullSpec(), FullItems(), *backend_, 3);
  model.Save(directory_.path());
  const TwoTower loaded = TwoTower::Load(directory_.path(), *backend_);
  std::vector<float> expected(kTinyItems * 5);
  std::vector<float> items(kTinyItems * 5);
  model.EncodeItems(0, kTinyItems, expected);
  loaded.EncodeItems(0, kTinyItems, items);
  EXPECT_EQ(items, expected);
  expected.resize(15);
  items.resize(15);
  model.EncodeUsers(FullBatch().queries, expected);
  loaded.EncodeUsers(FullBatch().queries, items);
  EXPECT_EQ(items, expected);
  EXPECT_EQ(loaded.spec().settings.history.pools.size(), 2U);
  EXPECT_EQ(loaded.spec().item_features[1].name, "words");
}

TEST_F(TwoTowerStorageTest, SavesTheSameBytesAgain) {
  TwoTower(FullSpec(), FullItems(), *backend_, 3).Save(directory_.path());
  const std::string weights = base::ReadFile(directory_ / "weights.safetensors");
  const std::string items = base::ReadFile(directory_ / "items.safetensors");
  TwoTower::Load(directory_.path(), *backend_).Save(directory_.path());
  EXPECT_EQ(base::ReadFile(directory_ / "weights.safetensors"), weights);
  EXPECT_EQ(base::ReadFile(directory_ / "items.safetensors"), items);
}

// As models were described before histories had encoders.
TEST_F(TwoTowerStorageTest, ADescriptionWithoutAnEncoderIsOfATowerThatPools) {
  TwoTower(FullSpec(), FullItems(), *backend_, 3).Save(directory_.path());
  std::string description = base::ReadFile(directory_ / "model.json");
  const std::size_t encoder = description.find("\"encoder\"");
  description.erase(encoder, description.find("\"max_length\"") - encoder);
  base::WriteFileAtomically(directory_ / "model.json", description);
  const TwoTower loaded = TwoTower::Load(directory_.path(), *backend_);
  EXPECT_EQ(loaded.spec().settings.history.encoder.kind, EncoderKind::kPooled);
}

TEST_F(TwoTowerStorageTest, RefusesTheWeightsOfAnotherEncoder) {
  TwoTowerSpec spec = PlainSpec();
  TwoTower(spec, PlainItems(), *backend_, 3).Save(directory_.path());
  fs::copy_file(directory_ / "weights.safetensors", directory_ / "kept");
  spec.settings.history.encoder.kind = EncoderKind::kGru;
  TwoTower(spec, PlainItems(), *backend_, 3).Save(directory_.path());
  fs::rename(directory_ / "kept", directory_ / "weights.safetensors");
  ExpectRefused(Code::kDataLoss, "encoder.gru_0");
}

TEST_F(TwoTowerStorageTest, RefusesAMissingFileByName) {
  for (const char* file : {"model.json", "weights.safetensors", "items.safetensors"}) {
    TwoTower(FullSpec(), FullItems(), *backend_, 3).Save(directory_.path());
    fs::remove(directory_ / file);
    ExpectRefused(Code::kNotFound, file);
  }
}

TEST_F(TwoTowerStorageTest, RefusesTheWeightsOfAnotherModel) {
  TwoTower(PlainSpec(), PlainItems(), *backend_, 3).Save(directory_.path());
  fs::copy_file(directory_ / "weights.safetensors", directory_ / "kept");
  TwoTowerSpec wider = PlainSpec();
  wider.settings.dimension = 8;
  TwoTower(wider, PlainItems(), *backend_, 3).Save(directory_.path());
  fs::rename(directory_ / "kept", directory_ / "weights.safetensors");
  ExpectRefused(Code::kDataLoss, "weights.safetensors");
}

TEST_F(TwoTowerStorageTest, RefusesWhatIsNotAModel) {
  TwoTower(PlainSpec(), PlainItems(), *backend_, 3).Save(directory_.path());
  std::string text = base::ReadFile(directory_ / "model.json");
  const auto replace = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    base::WriteFileAtomically(directory_ / "model.json", changed);
  };
  replace("\"version\": 2", "\"version\": 9");
  ExpectRefused(Code::kFailedPrecondition, "version 9");
  replace("\"items\": 7", "\"items\": 8");
  ExpectRefused(Code::kDataLoss, "weights.safetensors");
  replace("\"items\"", "\"itemz\"");
  ExpectRefused(Code::kDataLoss, "model.json");
  replace("{", "[");
  ExpectRefused(Code::kDataLoss, "model.json");
}

}  // namespace
}  // namespace shortlist::model
