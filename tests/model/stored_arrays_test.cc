#include "model/stored_arrays.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "model/tiny_model.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

class StoredArraysTest : public testing::Test {
 protected:
  ScratchDirectory directory_;
  std::filesystem::path path_ = directory_ / "arrays.safetensors";
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
};

TEST_F(StoredArraysTest, ReadsBackEveryParameter) {
  const ParameterLayout layout(FullSpec());
  Parameters written(layout, *backend_);
  Initialize(FullSpec(), layout, 1, *backend_, written);
  ArrayWriter writer(*backend_);
  writer.Add("raw.", layout, written);
  writer.SetMetadata("steps", "12");
  writer.Write(path_);

  const Parameters read(layout, *backend_);
  const ArrayReader reader(path_, *backend_);
  reader.Read("raw.", layout, read);
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    EXPECT_EQ(Download(*backend_, read.table(t)), Download(*backend_, written.table(t)));
  }
  EXPECT_EQ(Download(*backend_, read.flat_dense()), Download(*backend_, written.flat_dense()));
  EXPECT_EQ(reader.Count("steps"), 12);
}

TEST_F(StoredArraysTest, RefusesOtherShapesNamesAndCounts) {
  std::vector<float> values(6);
  ArrayWriter writer(*backend_);
  writer.Add("a", {values.data(), 2, 3});
  writer.SetMetadata("steps", "1x");
  writer.Write(path_);
  const ArrayReader reader(path_, *backend_);
  EXPECT_THROW(reader.Read("a", {values.data(), 3, 2}), Error);
  EXPECT_THROW(reader.Read("b", {values.data(), 2, 3}), Error);
  EXPECT_THROW(reader.Count("steps"), Error);
  EXPECT_THROW(reader.Count("rows"), Error);
}

}  // namespace
}  // namespace shortlist::model
