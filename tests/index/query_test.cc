#include "index/query.h"

#include <vector>

#include <gtest/gtest.h>

namespace shortlist::index {
namespace {

// Ids that share their last ten bits are told apart.
TEST(WantedIds, IsWhatTheQueryWants) {
  const std::vector<std::int32_t> excluded = {0, 5, 64, 1029, 5000};
  base::BitSet odd(6200);
  for (std::int64_t id = 1; id < 6200; id += 2) odd.Insert(id);
  for (const base::BitSet* allowed :
       {static_cast<const base::BitSet*>(nullptr), static_cast<const base::BitSet*>(&odd)}) {
    const Query query{{}, 1, excluded, allowed};
    const WantedIds wanted(query);
    for (std::int32_t id = 0; id < 6200; ++id) ASSERT_EQ(wanted.Contains(id), Wants(query, id)) << id;
  }
}

}  // namespace
}  // namespace shortlist::index
