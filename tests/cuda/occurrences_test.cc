#include "cuda/occurrences.h"

#include <memory>
#include <vector>

#include "conformance/guarded.h"
#include "cuda/check.h"
#include "cuda/cuda_backend.h"
#include "cuda/device_test.h"

namespace shortlist::cuda {
namespace {

using conformance::GuardedBags;
using tensor::SparseGradient;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OccurrencesTest : public DeviceTest {
 protected:
  // A use of a table whose gradient, one column wide, is made up: only its address counts.
  SparseGradient Use(const std::vector<std::vector<std::int32_t>>& ids, const float* gradient) {
    base::Bags bags;
    float weight = 0;
    for (const auto& row : ids) {
      for (const std::int32_t id : row) bags.Append(id, ++weight);
      bags.EndRow();
    }
    bags_.push_back(std::make_unique<GuardedBags>(*backend_, bags));
    // The bags go up on the backend's stream, not on that of queue_.
    backend_->Synchronize();
    return {bags_.back()->view(), {gradient, bags.rows(), 1}};
  }

  template <class T>
  std::vector<T> FromDevice(const T* values, std::int64_t count) {
    queue_.Synchronize();
    std::vector<T> host(static_cast<std::size_t>(count));
    Check(cudaMemcpy(host.data(), values, host.size() * sizeof(T), cudaMemcpyDeviceToHost), "test");
    return host;
  }

  std::unique_ptr<tensor::Backend> backend_ = MakeCudaBackend(0, Precision::kFloat32);
  Queue queue_{0, Precision::kFloat32};
  std::vector<std::unique_ptr<GuardedBags>> bags_;
};

TEST_F(OccurrencesTest, AreInTheOrderOfRowsThenUsesThenIds) {
  const float gradients[2] = {};
  const std::vector<SparseGradient> uses{Use({{4, 2}, {}, {4}}, &gradients[0]), Use({{2, 4}}, &gradients[1])};
  queue_.Begin({});
  const SortedOccurrences sorted = SortByTableRow(queue_, "Test", uses);
  EXPECT_THAT(FromDevice(sorted.rows, sorted.count), ElementsAre(2, 2, 4, 4, 4));
  std::vector<std::uint32_t> pooled_rows;
  std::vector<float> weights;
  for (const Occurrence& occurrence : FromDevice(sorted.occurrences, sorted.count)) {
    pooled_rows.push_back(occurrence.gradient);
    weights.push_back(occurrence.weight);
  }
  EXPECT_THAT(pooled_rows, ElementsAre(0, 3, 0, 2, 3));
  EXPECT_THAT(weights, ElementsAre(2, 1, 1, 3, 2));
  EXPECT_EQ(sorted.gradients.uses, 2);
  EXPECT_EQ(sorted.gradients.first_row[1], 3);
  EXPECT_EQ(sorted.gradients.data[1], &gradients[1]);
}

TEST_F(OccurrencesTest, MoreUsesThanKernelsTakeAreRefused) {
  const std::vector<SparseGradient> uses(kMostUses + 1);
  queue_.Begin({});
  EXPECT_THAT(ErrorOf(Code::kUnimplemented, [&] { SortByTableRow(queue_, "SparseUpdate", uses); }),
              HasSubstr("SparseUpdate: 33 uses"));
}

TEST_F(OccurrencesTest, ASecondStepTakesNoMoreMemory) {
  const float gradient = 0;
  const std::vector<SparseGradient> uses{Use(std::vector<std::vector<std::int32_t>>(3000, {1, 2, 3}), &gradient)};
  std::size_t capacity = 0;
  for (int step = 0; step < 3; ++step) {
    queue_.Begin({});
    SortByTableRow(queue_, "Test", uses);
    if (step > 0) {
      EXPECT_EQ(queue_.workspace().capacity(), capacity);
    }
    capacity = queue_.workspace().capacity();
  }
  EXPECT_GT(capacity, 0U);
}

}  // namespace
}  // namespace shortlist::cuda
