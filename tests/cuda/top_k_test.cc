#include "cuda/top_k.h"

#include <memory>
#include <vector>

#include "conformance/guarded.h"
#include "conformance/samples.h"
#include "cuda/cuda_backend.h"
#include "cuda/device_test.h"

namespace shortlist::cuda {
namespace {

using conformance::Guarded;
using conformance::Samples;
using ::testing::ElementsAre;

class TopKTest : public DeviceTest {};

// In bfloat16 all three candidates would be 1.
TEST_F(TopKTest, IsExactWhateverThePrecisionOfTheQueue) {
  const auto backend = MakeCudaBackend(0, Precision::kBfloat16);
  Guarded<float> query(*backend, std::vector<float>{1});
  Guarded<float> candidates(*backend, std::vector<float>{1, 1 + 0x1p-12F, 1 + 0x1p-13F});
  Guarded<std::int32_t> ids(*backend, 3);
  Guarded<float> scores(*backend, 3);
  backend->TopK({query.data(), 1, 1}, {candidates.data(), 3, 1}, 3, {}, ids.data(), scores.data());
  EXPECT_THAT(ids.Values(), ElementsAre(1, 2, 0));
}

TEST_F(TopKTest, MemoryDoesNotGrowWithQueriesAndCandidates) {
  Samples samples(1);
  const auto backend = MakeCudaBackend(0, Precision::kFloat32);
  Guarded<float> queries(*backend, samples.Floats(2050, -1, 1));
  Guarded<float> candidates(*backend, samples.Floats(9000, -1, 1));
  Guarded<std::int32_t> ids(*backend, 2050);
  Guarded<float> scores(*backend, 2050);
  backend->Synchronize();  // They go up on the backend's stream, not on those of the queues.
  const auto capacity_after = [&](std::int64_t query_count, std::int64_t candidate_count) {
    Queue queue(0, Precision::kFloat32);
    queue.Begin({});
    TopK(queue, {queries.data(), query_count, 1}, {candidates.data(), candidate_count, 1}, 1, {}, ids.data(),
         scores.data());
    queue.Synchronize();
    return queue.workspace().capacity();
  };
  EXPECT_EQ(capacity_after(70, 9000), capacity_after(70, 4096));
  EXPECT_EQ(capacity_after(2050, 260), capacity_after(1024, 260));
}

}  // namespace
}  // namespace shortlist::cuda
