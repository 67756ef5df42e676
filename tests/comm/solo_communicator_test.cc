#include <gtest/gtest.h>

#include "comm/communicator.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

TEST(SoloCommunicatorTest, BlocksOfDifferentSizesAreRefused) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const std::unique_ptr<Communicator> solo = MakeSoloCommunicator(*backend);
  const std::vector<std::int64_t> four{4};
  const std::vector<std::int64_t> eight{8};
  char send[8] = {};
  char receive[8] = {};
  EXPECT_THROW(solo->AllToAll(send, four, receive, eight), Error);
}

}  // namespace
}  // namespace shortlist::comm
