#include "index/bundle.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/manifest.h"
#include "base/sealed_json.h"
#include "index/made_bundle.h"
#include "index/made_vectors.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BundleTest : public ::testing::Test {
 protected:
  static constexpr std::int32_t kItems = 30;
  static constexpr std::int32_t kUsers = 6;

  BundleTest() : inputs_(MadeInputs(kItems, kUsers, folder_.path() / "model")) {
    report_ = WriteBundle(inputs_, path_);
  }

  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : base::ListFiles(path_, {})) names.push_back(entry.name);
    return names;
  }

  // The code with which the bundle is refused; the message must name the file.
  Code Refusal(const std::string& name) const {
    try {
      Bundle::Open(path_);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr((path_ / name).string()));
      return error.code();
    }
    return Code{};
  }

  void Overwrite(const std::string& name, const std::string& contents) const {
    std::ofstream(path_ / name, std::ios::binary) << contents;
  }

  const ScratchFolder folder_;
  const fs::path path_ = folder_.path() / "bundle";
  BundleInputs inputs_;
  IndexReport report_;
};

TEST_F(BundleTest, HoldsWhatItWasMadeOf) {
  const Bundle bundle = Bundle::Open(path_);
  EXPECT_EQ(bundle.version(), report_.version);
  EXPECT_EQ(bundle.settings().name, "made");
  EXPECT_EQ(bundle.item_count(), kItems);
  EXPECT_EQ(bundle.ItemId(7), "item-7");
  EXPECT_EQ(bundle.Title(7), "Title of 7");
  EXPECT_EQ(bundle.AttributesJson(7), "{\"price\":7}");
  EXPECT_EQ(bundle.FindItem("item-29"), 29);
  EXPECT_EQ(bundle.FindItem("item-30"), -1);
  EXPECT_EQ(bundle.popular_items().front(), 29);
  EXPECT_EQ(bundle.user_count(), kUsers);
  EXPECT_EQ(bundle.UserId(3), "user-3");
  EXPECT_EQ(bundle.FindUser("user-5"), 5);
  EXPECT_EQ(bundle.FindUser(""), -1);
  EXPECT_THAT(bundle.HistoryItems(2), ElementsAre(29, 28));
  EXPECT_THAT(bundle.HistoryTimes(2), ElementsAre(1000, 1001));
  EXPECT_TRUE(bundle.history_has_times());
  EXPECT_EQ(bundle.ItemGraphJson(), inputs_.item_graph_json);
  EXPECT_EQ(bundle.ContextGraphJson(), inputs_.context_graph_json);
  EXPECT_EQ(base::ReadFile(bundle.model_directory() / "towers" / "weights"), "some weights");
  EXPECT_TRUE(std::ranges::equal(bundle.items().Vector(4), Row(inputs_.item_vectors, kBundleWidth, 4)));
  EXPECT_TRUE(std::ranges::equal(bundle.users().Vector(4), Row(inputs_.user_vectors, kBundleWidth, 4)));
  EXPECT_EQ(bundle.ManifestJson(), base::ReadFile(path_ / "manifest.json"));
}

TEST_F(BundleTest, MayBeMoved) {
  Bundle bundle = Bundle::Open(path_);
  const Bundle moved = std::move(bundle);
  EXPECT_EQ(moved.FindItem("item-3"), 3);
  EXPECT_EQ(moved.items().Search(Row(inputs_.query_vectors, kBundleWidth, 0), 3).size(), 3U);
}

TEST_F(BundleTest, HasTheFilesThatItsFormatNames) {
  EXPECT_THAT(Files(), ElementsAre("features/context.json", "features/items.json", "items.faiss", "items.safetensors",
                                   "manifest.json", "model/model.json", "model/towers/weights", "sample.safetensors",
                                   "users.faiss", "users.safetensors"));
}

TEST_F(BundleTest, AFlippedByteAnywhereIsRefusedByName) {
  for (const std::string& name : Files()) {
    const std::string contents = base::ReadFile(path_ / name);
    for (std::size_t place = 0; place < 16; ++place) {
      std::string damaged = contents;
      const std::size_t byte = place * (contents.size() - 1) / 15;
      damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << (place % 8)));
      Overwrite(name, damaged);
      ASSERT_EQ(Refusal(name), Code::kDataLoss) << name << " byte " << byte;
    }
    Overwrite(name, contents);
  }
  EXPECT_NO_THROW(Bundle::Open(path_));
}

TEST_F(BundleTest, AFileCutOffOrGrownIsRefusedByName) {
  for (const std::string& name : Files()) {
    const std::string contents = base::ReadFile(path_ / name);
    for (const std::size_t size : {std::size_t{0}, contents.size() / 2, contents.size() - 1}) {
      Overwrite(name, contents.substr(0, size));
      ASSERT_EQ(Refusal(name), Code::kDataLoss) << name << " of " << size << " bytes";
    }
    Overwrite(name, contents + "x");
    ASSERT_EQ(Refusal(name), Code::kDataLoss) << name;
    Overwrite(name, contents);
  }
}

TEST_F(BundleTest, AMissingFileIsRefusedByName) {
  for (const std::string& name : Files()) {
    const std::string contents = base::ReadFile(path_ / name);
    fs::remove(path_ / name);
    EXPECT_EQ(Refusal(name), name == "manifest.json" ? Code::kNotFound : Code::kDataLoss) << name;
    Overwrite(name, contents);
  }
}

TEST_F(BundleTest, AFileThatTheManifestDoesNotListIsNotTrusted) {
  auto manifest = nlohmann::ordered_json::parse(base::ReadFile(path_ / "manifest.json"));
  manifest.erase("sha256");
  auto& files = manifest.at("files");
  const auto listed =
      std::ranges::find_if(files, [](const auto& file) { return file.at("name") == "users.safetensors"; });
  files.erase(listed);
  Overwrite("manifest.json", base::SealJson(manifest.dump()));
  EXPECT_EQ(Refusal("manifest.json"), Code::kDataLoss);
}

TEST_F(BundleTest, AFileNameThatLeavesTheBundleIsRefused) {
  auto manifest = nlohmann::ordered_json::parse(base::ReadFile(path_ / "manifest.json"));
  manifest.erase("sha256");
  manifest["files"].push_back({{"name", "../model/model.json"}, {"size", 1}, {"sha256", ""}});
  Overwrite("manifest.json", base::SealJson(manifest.dump()));
  EXPECT_THROW(Bundle::Open(path_), Error);
}

TEST_F(BundleTest, WholeFilesOfAnotherBundleAreRefused) {
  WriteBundle(MadeInputs(kItems + 1, kUsers, folder_.path() / "model"), folder_.path() / "other");
  fs::copy_file(folder_.path() / "other" / "items.faiss", path_ / "items.faiss", fs::copy_options::overwrite_existing);
  EXPECT_EQ(Refusal("items.faiss"), Code::kDataLoss);
}

TEST_F(BundleTest, ADirectoryWithoutABundleIsNotFound) {
  fs::remove_all(path_);
  EXPECT_EQ(Refusal("manifest.json"), Code::kNotFound);
}

}  // namespace
}  // namespace shortlist::index
