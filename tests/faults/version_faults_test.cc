// Versions that must not be served: each is refused with a reason, and the one before it serves on.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "faults/load.h"
#include "faults/served_models.h"
#include "index/bundle.h"
#include "index/bundle_manifest.h"

namespace shortlist::faults {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class VersionFaults : public ServedModels {
 protected:
  void SetUp() override {
    ServedModels::SetUp();
    Serve();
    load_ = std::make_unique<Load>(LoadOptions{.address = address(), .calls_per_second = 50});
  }

  // Puts a version in place and expects the server to refuse it for a reason that names `culprit`.
  void ExpectRefused(const fs::path& version, const std::string& culprit) {
    const std::string name = version.filename().string();
    fs::rename(version, models() / name);
    Await(name + " is refused", [&] { return Version(name).state == "refused"; });
    EXPECT_THAT(Version(name).reason, HasSubstr(culprit));
    EXPECT_EQ(Stable(), "v1");
  }

  // Expects every call of the load to have been answered.
  void ExpectNoCallFailed() {
    for (const CallRecord& record : load_->Stop()) {
      EXPECT_EQ(record.code, grpc::StatusCode::OK) << record.message;
    }
  }

  void ExpectSimilarOnesOfAZeroVector() const {
    grpc::ClientContext context;
    v1::SimilarUsersRequest request;
    v1::SimilarUsersResponse response;
    request.set_user_id("user-5");
    request.set_k(5);
    EXPECT_TRUE(stub().SimilarUsers(&context, request, &response).ok());
    EXPECT_EQ(response.users_size(), 5);
    for (const v1::ScoredUser& user : response.users()) EXPECT_TRUE(std::isfinite(user.score())) << user.user_id();
  }

  // Of a flat index, which ends with its last vector.
  static void OverwriteLastNumber(const fs::path& file, float value) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(-static_cast<std::streamoff>(sizeof(value)), std::ios::end);
    stream.write(reinterpret_cast<const char*>(&value), sizeof(value));
  }

  // Makes the manifest fit files that were changed.
  static void Reseal(const fs::path& version) {
    index::BundleManifest manifest = index::ReadManifest(version / "manifest.json").manifest;
    for (base::FileEntry& file : manifest.files) file.sha256 = base::Sha256OfFile(version / file.name);
    std::ofstream(version / "manifest.json") << index::ToJson(manifest);
  }

  static void Flip(const fs::path& file) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(fs::file_size(file) / 2));
    const int byte = stream.peek();
    stream.seekp(stream.tellg());
    stream.put(static_cast<char>(byte ^ 1));
  }

  std::unique_ptr<Load> load_;
};

TEST_F(VersionFaults, ACorruptVersion) {
  const fs::path version = Prepare("v2");
  Flip(version / "items.faiss");
  ExpectRefused(version, "items.faiss");
  ExpectNoCallFailed();
}

TEST_F(VersionFaults, ATruncatedVersion) {
  const fs::path version = Prepare("v2");
  fs::resize_file(version / "users.safetensors", fs::file_size(version / "users.safetensors") / 2);
  ExpectRefused(version, "users.safetensors");
  ExpectNoCallFailed();
}

TEST_F(VersionFaults, AHalfCopiedVersionIsServedOnceItIsWhole) {
  const fs::path version = Prepare("v2");
  fs::create_directories(models() / "v2");
  fs::copy_file(version / "items.faiss", models() / "v2/items.faiss");
  Await("v2 is incomplete", [&] { return Version("v2").state == "incomplete"; });
  EXPECT_EQ(Stable(), "v1");
  fs::copy(version, models() / "v2", fs::copy_options::recursive | fs::copy_options::skip_existing);
  Await("v2 serves", [&] { return Stable() == "v2"; });
  ExpectNoCallFailed();
}

TEST_F(VersionFaults, AVersionOfAnotherDimension) {
  index::BundleInputs inputs = serve::MadeRetailer().Inputs(IndexKind::kFlat, folder_.path() / "model");
  for (std::vector<float>* vectors : {&inputs.item_vectors, &inputs.user_vectors, &inputs.query_vectors}) {
    const std::size_t rows = vectors->size() / static_cast<std::size_t>(inputs.vector_width);
    vectors->resize(rows * static_cast<std::size_t>(inputs.vector_width + 3));
  }
  inputs.vector_width += 3;
  index::WriteBundle(inputs, folder_.path() / "v2");
  ExpectRefused(folder_.path() / "v2", "coordinates per vector");
  ExpectNoCallFailed();
}

TEST_F(VersionFaults, VersionsWithVectorsThatAreNotFinite) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const std::string name = std::isnan(value) ? "v2" : "v3";
    const fs::path version = Prepare(name);
    OverwriteLastNumber(version / "users.faiss", value);
    Reseal(version);
    ExpectRefused(version, "shopper 11 is not finite");
  }
  ExpectNoCallFailed();
}

TEST_F(VersionFaults, AVersionOfZeroVectorsAnswersWithFiniteScores) {
  for (const IndexKind kind : {IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat}) {
    const std::string name = "v" + std::to_string(2 + static_cast<int>(kind));
    fs::rename(serve::WriteMadeBundle(serve::MadeRetailer::OfZeros(), folder_.path(), kind), models() / name);
    Await(name + " serves", [&] { return Stable() == name; });
    v1::RecommendResponse response;
    ASSERT_TRUE(Recommend(response, std::chrono::seconds(30)).ok());
    EXPECT_EQ(response.items_size(), 10);
    for (const v1::ScoredItem& item : response.items()) EXPECT_TRUE(std::isfinite(item.score())) << item.item_id();
    ExpectSimilarOnesOfAZeroVector();
  }
  ExpectNoCallFailed();
}

TEST_F(VersionFaults, DamageToTheFilesOfTheVersionThatServes) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(models() / "v1")) {
    if (entry.is_regular_file()) fs::resize_file(entry.path(), 0);
  }
  Await("the damage is seen", [&] { return !Version("v1").reason.empty(); });
  EXPECT_EQ(Stable(), "v1");
  ExpectNoCallFailed();
}

TEST_F(VersionFaults, AModelDirectoryThatVanishesAndComesBack) {
  fs::rename(models(), folder_.path() / "elsewhere");
  ASSERT_TRUE(server().WaitForLog("there is no directory"));
  ExpectAnswer();
  fs::rename(folder_.path() / "elsewhere", models());
  Publish("v2");
  Await("v2 serves", [&] { return Stable() == "v2"; });
  ExpectNoCallFailed();
}

TEST_F(ServedModels, RefusesAVersionThatMemoryHasNoRoomFor) {
  constexpr std::size_t kMoreThanThereIs = 256 << 20;
  Serve("admin: {}", "127.0.0.1:0", "memory_mib: 200");
  index::BundleInputs inputs = serve::MadeRetailer().Inputs(IndexKind::kFlat, folder_.path() / "model");
  inputs.titles.front() = std::string(kMoreThanThereIs, 't');
  index::WriteBundle(inputs, folder_.path() / "v2");
  fs::rename(folder_.path() / "v2", models() / "v2");
  Await("v2 is refused", [&] { return Version("v2").state == "refused"; });
  EXPECT_THAT(Version("v2").reason, HasSubstr("serve.versions.memory_mib"));
  EXPECT_EQ(Stable(), "v1");
  Publish("v3");
  Await("v3 serves", [&] { return Stable() == "v3"; });
}

}  // namespace
}  // namespace shortlist::faults
