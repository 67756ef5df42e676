#include "train/host_memory.h"

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "train/small_retailer.h"

namespace shortlist::train {
namespace {

class HostMemoryTest : public testing::Test {
 protected:
  HostMemory Expect(const MemoryUse& device) {
    const TrainingData data(settings_, dataset_, {});
    return ExpectHostMemory(settings_, dataset_, data, device);
  }

  ScratchDirectory directory_;
  Settings settings_ = SmallSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  MemoryUse device_ = {
      .tables = {{.name = "item_id", .parameters = 3e9, .optimizer = 2e9}}, .dense = 1e6, .activations = 7e9};
};

TEST_F(HostMemoryTest, ACheckpointIsACopyOfParametersAndState) {
  const HostMemory memory = Expect(device_);
  EXPECT_EQ(memory.model, 12e9 + 1e6);
  EXPECT_EQ(memory.checkpoint, 5e9 + 1e6);
}

TEST_F(HostMemoryTest, CheckpointAndValidationAreNotThereAtOnce) {
  HostMemory memory = {.program = 1, .events = 2, .shoppers = 4, .model = 8, .checkpoint = 16, .validation = 32};
  EXPECT_EQ(memory.Total(), 47);
  memory.checkpoint = 64;
  EXPECT_EQ(memory.Total(), 79);
}

TEST_F(HostMemoryTest, GrowsWithEventsAndContext) {
  const HostMemory memory = Expect(device_);
  const std::size_t events = TrainingData(settings_, dataset_, {}).log().items.size();
  // 16 bytes and a context of 4 in the file, 25 in the log, 32 of an example, 12 of demand, 12 in a query.
  EXPECT_EQ(memory.events, static_cast<double>(events) * 101);
  EXPECT_EQ(memory.validation, 2 * 40 * static_cast<double>(settings_.model.dimension + 1) * 4);
}

TEST_F(HostMemoryTest, WithoutValidationNoQueriesAreHeld) {
  const HostMemory with = Expect(device_);
  settings_.train.include_validation = true;
  const HostMemory without = Expect(device_);
  EXPECT_EQ(without.validation, 0);
  EXPECT_LT(without.shoppers, with.shoppers);
}

}  // namespace
}  // namespace shortlist::train
