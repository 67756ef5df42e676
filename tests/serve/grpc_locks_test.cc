#include "serve/grpc_locks.h"

#include <absl/synchronization/mutex.h>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

void LockBoth(absl::Mutex& first, absl::Mutex& second) {
  const absl::MutexLock outer(&first);
  const absl::MutexLock inner(&second);
}

// What Abseil says of two locks that are taken in either order.
std::string Complaint() {
  absl::Mutex a;
  absl::Mutex b;
  ::testing::internal::CaptureStderr();
  LockBoth(a, b);
  LockBoth(b, a);
  return ::testing::internal::GetCapturedStderr();
}

TEST(GrpcLocks, CyclesAreNotSought) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kReport);
  ASSERT_THAT(Complaint(), ::testing::HasSubstr("Potential Mutex deadlock"));
  StopSeekingLockCycles();
  EXPECT_EQ(Complaint(), "");
}

}  // namespace
}  // namespace shortlist::serve
