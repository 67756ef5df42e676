#include "model/scratch.h"

#include <gtest/gtest.h>

#include "model/tiny_model.h"

namespace shortlist::model {
namespace {

TEST(Scratch, GrowsAndIsReused) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  ScratchMatrix scratch(*backend);
  const tensor::Matrix large = scratch.Shape(10, 4);
  EXPECT_EQ(large.rows, 10);
  const tensor::Matrix small = scratch.Shape(3, 2);
  EXPECT_EQ(small.data, large.data);
  EXPECT_EQ(small.columns, 2);
  const tensor::Matrix larger = scratch.Shape(100, 4);
  larger.data[399] = 1;
  EXPECT_EQ(scratch.Shape(100, 4).data, larger.data);
}

TEST(Scratch, UploadsBagsWhole) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  ScratchBags scratch(*backend);
  const tensor::BagsView view = scratch.Upload(MakeBags({{4, 2}, {}, {1}}, {{.5F, .25F}, {}, {2}}));
  EXPECT_EQ(view.rows, 3);
  EXPECT_EQ(view.count, 3);
  EXPECT_EQ(view.ids[1], 2);
  EXPECT_EQ(view.weights[2], 2);
  EXPECT_EQ(view.offsets[2], 2);
}

TEST(Scratch, UploadsNothingAsNull) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  ScratchArray<float> scratch(*backend);
  EXPECT_EQ(scratch.Upload({}), nullptr);
}

}  // namespace
}  // namespace shortlist::model
