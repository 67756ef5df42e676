// Keeps gRPC up between the tests of a process and to its end. Whoever ends the last server otherwise waits until
// gRPC's own threads have noticed, which takes 10 s under the thread sanitizer.
#include <grpc/grpc.h>
#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

class GrpcStaysUp final : public ::testing::Environment {
 public:
  void SetUp() override { grpc_init(); }
};

[[maybe_unused]] const ::testing::Environment* const kGrpcStaysUp =
    ::testing::AddGlobalTestEnvironment(new GrpcStaysUp);

}  // namespace
}  // namespace shortlist::serve
