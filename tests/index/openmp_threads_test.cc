#include "index/openmp_threads.h"

#include <omp.h>
#include <thread>

#include <gtest/gtest.h>

namespace shortlist::index {
namespace {

TEST(OpenMpThreadsTest, HoldForAScope) {
  const int before = omp_get_max_threads();
  {
    const OpenMpThreads three(3);
    EXPECT_EQ(omp_get_max_threads(), 3);
    {
      const OpenMpThreads alone(1);
      EXPECT_EQ(omp_get_max_threads(), 1);
    }
    EXPECT_EQ(omp_get_max_threads(), 3);
  }
  EXPECT_EQ(omp_get_max_threads(), before);
}

TEST(OpenMpThreadsTest, ZeroMeansOnePerCore) {
  const OpenMpThreads all(0);
  EXPECT_EQ(omp_get_max_threads(), omp_get_num_procs());
}

TEST(OpenMpThreadsTest, DoNotConcernOtherThreads) {
  const OpenMpThreads five(5);
  int other = 0;
  std::thread([&] { other = omp_get_max_threads(); }).join();
  EXPECT_EQ(omp_get_max_threads(), 5);
  EXPECT_NE(other, 5);
}

}  // namespace
}  // namespace shortlist::index
