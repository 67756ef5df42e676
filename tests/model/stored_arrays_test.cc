#include "model/stored_arrays.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "model/initialize.h"
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
  writer.Add("raw.", layout, HoldEverything(layout), written);
  writer.SetMetadata("steps", "12");
  writer.Write(path_);

  const Parameters read(layout, *backend_);
  const ArrayReader reader(path_, *backend_);
  reader.Read("raw.", layout, HoldEverything(layout), read);
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    EXPECT_EQ(Download(*backend_, read.table(t)), Download(*backend_, written.table(t)));
  }
  EXPECT_EQ(Download(*backend_, read.flat_dense()), Download(*backend_, written.flat_dense()));
  EXPECT_EQ(reader.Count("steps"), 12);
}

// A rank that holds rows 1, 4, 7, … writes them whole; one that holds everything picks its own.
TEST_F(StoredArraysTest, PartsAreReadByAnyNumberOfRanks) {
  const std::vector<RowRun> all = {{.rows = 10}};
  std::vector<float> table(20);
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<float>(i);
  std::vector<float> scale = {5};
  for (int p = 0; p < 3; ++p) {
    ArrayWriter writer(*backend_, {p, 3});
    writer.AddTable("table", 10, all, {{table.data(), 10, 2}});
    writer.Add("scale", {scale.data(), 1, 1});
    writer.Write(path_);
  }
  EXPECT_TRUE(std::filesystem::exists(directory_ / "arrays-00002-of-00003.safetensors"));
  const ArrayReader reader(path_, *backend_);
  for (std::int64_t ranks = 1; ranks <= 4; ++ranks) {
    for (std::int64_t rank = 0; rank < ranks; ++rank) {
      const RowRun run = {.rows = (9 - rank) / ranks + 1, .first = rank, .stride = ranks};
      std::vector<float> held(static_cast<std::size_t>(2 * run.rows));
      reader.ReadTable("table", 10, {run}, {{held.data(), run.rows, 2}});
      for (std::int64_t k = 0; k < run.rows; ++k) EXPECT_EQ(held[2 * k + 1], table[2 * run.ModelRow(k) + 1]);
    }
  }
  std::vector<float> read(1);
  reader.Read("scale", {read.data(), 1, 1});
  EXPECT_EQ(read, scale);
  EXPECT_THROW(reader.ReadTable("table", 11, all, {{table.data(), 10, 2}}), Error);
  std::filesystem::remove(directory_ / "arrays-00002-of-00003.safetensors");
  EXPECT_THROW(ArrayReader(path_, *backend_), Error);
}

// A row that is held twice, as the frequent rows of a hybrid table are, is stored as its later run has it.
TEST_F(StoredArraysTest, TheLaterRunOfARowCounts) {
  std::vector<float> held = {1, 2, 3, 40};
  ArrayWriter writer(*backend_, {0, 2});
  writer.AddTable("table", 6, {{.rows = 3, .first = 0, .stride = 2}, {.held_row = 3, .rows = 1, .ids = {4}}},
                  {{held.data(), 4, 1}});
  writer.Write(path_);
  ArrayWriter other(*backend_, {1, 2});
  other.AddTable("table", 6, {{.rows = 3, .first = 1, .stride = 2}}, {{held.data(), 4, 1}});
  other.Write(path_);
  std::vector<float> table(6);
  ArrayReader(path_, *backend_).ReadTable("table", 6, {{.rows = 6}}, {{table.data(), 6, 1}});
  EXPECT_EQ(table, (std::vector<float>{1, 1, 2, 2, 40, 3}));
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
