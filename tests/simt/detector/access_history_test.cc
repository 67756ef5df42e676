#include "simt/detector/access_history.h"

#include <gtest/gtest.h>

namespace shortlist::simt {
namespace {

constexpr auto kNever = [](const Access&) { return false; };
constexpr auto kAlways = [](const Access&) { return true; };

Access By(std::uint16_t thread, AccessKind kind) {
  Access access;
  access.operation = 1;
  access.thread = thread;
  access.kind = kind;
  return access;
}

class AccessHistoryTest : public ::testing::Test {
 protected:
  template <class Ordered>
  bool Races(std::size_t offset, std::size_t bytes, const Access& access, Ordered ordered) {
    return history_.Note(offset, bytes, access, ordered).has_value();
  }

  AccessHistory history_{4096};
};

TEST_F(AccessHistoryTest, TwoWritersRaceUnlessOrdered) {
  EXPECT_FALSE(Races(0, 4, By(0, AccessKind::kWrite), kNever));
  EXPECT_FALSE(Races(0, 4, By(0, AccessKind::kWrite), kNever)) << "one thread";
  EXPECT_FALSE(Races(0, 4, By(1, AccessKind::kWrite), kAlways));
  EXPECT_TRUE(Races(0, 4, By(2, AccessKind::kWrite), kNever));
}

TEST_F(AccessHistoryTest, ReadersRaceWithWritersOnly) {
  EXPECT_FALSE(Races(8, 4, By(0, AccessKind::kRead), kNever));
  EXPECT_FALSE(Races(8, 4, By(1, AccessKind::kRead), kNever));
  EXPECT_TRUE(Races(8, 4, By(1, AccessKind::kWrite), kNever)) << "with the read of thread 0";
}

TEST_F(AccessHistoryTest, AtomicsRaceWithPlainAccessesOnly) {
  EXPECT_FALSE(Races(8, 4, By(0, AccessKind::kAtomic), kNever));
  EXPECT_FALSE(Races(8, 4, By(1, AccessKind::kAtomic), kNever));
  EXPECT_TRUE(Races(8, 4, By(2, AccessKind::kRead), kNever));
}

TEST_F(AccessHistoryTest, AnAtomicDoesNotHideAPlainWrite) {
  EXPECT_FALSE(Races(8, 4, By(0, AccessKind::kWrite), kNever));
  EXPECT_FALSE(Races(8, 4, By(0, AccessKind::kAtomic), kNever));
  EXPECT_TRUE(Races(8, 4, By(1, AccessKind::kAtomic), kNever));
}

TEST_F(AccessHistoryTest, BytesOfOneCellAreToldApart) {
  EXPECT_FALSE(Races(0, 2, By(0, AccessKind::kWrite), kNever));
  EXPECT_FALSE(Races(2, 1, By(1, AccessKind::kWrite), kNever));
  EXPECT_FALSE(Races(3, 1, By(2, AccessKind::kWrite), kNever));
  EXPECT_TRUE(Races(1, 1, By(3, AccessKind::kWrite), kNever));
}

TEST_F(AccessHistoryTest, AWideAccessMeetsEveryByteItCovers) {
  EXPECT_FALSE(Races(31, 1, By(0, AccessKind::kWrite), kNever));
  EXPECT_TRUE(Races(16, 16, By(1, AccessKind::kRead), kNever));
  EXPECT_FALSE(Races(32, 16, By(1, AccessKind::kWrite), kNever));
}

TEST_F(AccessHistoryTest, ManyReadersLeaveAWitnessForTheWriter) {
  for (std::uint16_t thread = 0; thread < 32; ++thread) {
    ASSERT_FALSE(Races(0, 4, By(thread, AccessKind::kRead), kNever));
  }
  EXPECT_TRUE(Races(0, 4, By(7, AccessKind::kWrite), kNever));
}

TEST_F(AccessHistoryTest, ForgetsWholePages) {
  AccessHistory history(1 << 20);
  history.Note(0, 4, By(0, AccessKind::kWrite), kNever);
  history.Forget(0, 1 << 20);
  EXPECT_FALSE(history.Note(0, 4, By(1, AccessKind::kWrite), kNever).has_value());
}

}  // namespace
}  // namespace shortlist::simt
