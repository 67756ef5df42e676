#include "profile/rocks_profile_store.h"

#include <gtest/gtest.h>

#include "profile/tested_stores.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

TEST(RocksProfileStoreTest, IsOfOneProcess) {
  const ScratchDirectory scratch;
  const RocksProfileStore open(scratch.path(), kLongMemory);
  EXPECT_THROW(RocksProfileStore(scratch.path(), kLongMemory), Error);
}

}  // namespace
}  // namespace shortlist::profile
