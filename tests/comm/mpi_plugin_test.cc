#include "comm/mpi_plugin.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

// What works is tested where mpirun is, in tests/ranks.
TEST(MpiPluginTest, APluginWithoutTheFunctionIsOfAnotherVersion) {
  const base::Plugin missing("mpi", {"/nowhere"});
  try {
    OpenMpiTransport(missing, std::chrono::seconds(1));
    ADD_FAILURE() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kFailedPrecondition);
    EXPECT_STREQ(error.what(), "the plug-in libshortlist_mpi.so is of another version of shortlist");
  }
}

}  // namespace
}  // namespace shortlist::comm
