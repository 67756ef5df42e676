#include "comm/device_communicator.h"

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

// What works is tested with the CUDA backend, in tests/simt/nccl.
TEST(DeviceCommunicatorTest, APluginWithoutOneIsNamed) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const std::unique_ptr<Communicator> host = MakeSoloCommunicator(*backend);
  const base::Plugin missing("cuda", {"/nowhere"});
  try {
    OpenDeviceCommunicator(missing, *backend, *host, std::chrono::seconds(1));
    ADD_FAILURE() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kUnimplemented);
    EXPECT_EQ(std::string(error.what()).find("ranks on cpu cannot communicate"), 0U) << error.what();
  }
}

}  // namespace
}  // namespace shortlist::comm
