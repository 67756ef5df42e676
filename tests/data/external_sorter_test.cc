#include "data/external_sorter.h"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "data/fixtures.h"
#include "features/stable_hash.h"

namespace shortlist::data {
namespace {

struct Record {
  std::uint64_t major;
  std::uint64_t minor;
  std::uint64_t sequence;
  std::uint64_t payload;
};

SortKey KeyOf(const std::byte* bytes) {
  Record record;
  std::memcpy(&record, bytes, sizeof record);
  return {record.major, record.minor, record.sequence};
}

std::vector<std::uint64_t> Sort(const TemporaryFolder& folder, std::uint64_t count, std::size_t memory,
                                std::size_t& runs) {
  ExternalSorter sorter(folder.path() / "run", sizeof(Record), KeyOf, memory);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Record record{features::Mix64(i) % 7, features::Mix64(i + count) % 5, i, i * i};
    sorter.Add(reinterpret_cast<const std::byte*>(&record));
  }
  std::vector<std::uint64_t> payloads;
  std::vector<SortKey> keys;
  sorter.Drain([&](const std::byte* bytes) {
    Record record;
    std::memcpy(&record, bytes, sizeof record);
    payloads.push_back(record.payload);
    keys.push_back(KeyOf(bytes));
  });
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(payloads.size(), count);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "runs are left behind";
  runs = sorter.runs_written();
  return payloads;
}

TEST(ExternalSorterTest, GivesTheSameOrderWithAnyMemory) {
  const TemporaryFolder folder;
  std::size_t runs = 0;
  const std::vector<std::uint64_t> expected = Sort(folder, 20'000, 1 << 24, runs);
  EXPECT_EQ(runs, 0U);
  EXPECT_EQ(Sort(folder, 20'000, 1 << 18, runs), expected);
  EXPECT_EQ(runs, 6U) << "five runs, and one of the first four merged";
  EXPECT_EQ(Sort(folder, 20'000, 1 << 12, runs), expected);
  EXPECT_GT(runs, 313U) << "313 runs of 64 records, merged two by two";
}

TEST(ExternalSorterTest, LeadingWordsMayBeAnyHoweverUnevenTheyAre) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  const std::vector<std::vector<std::uint64_t>> all = {
      {kMost, 0}, {kMost, kMost - 1, 0}, {5, 4, kMost, 3, 2, 1, 0}, {kMost, kMost, kMost}, {1ULL << 63, 1, kMost, 0}};
  for (const std::vector<std::uint64_t>& words : all) {
    const TemporaryFolder folder;
    ExternalSorter sorter(folder.path() / "run", sizeof(Record), KeyOf, 1 << 20);
    for (std::uint64_t i = 0; i < words.size(); ++i) {
      const Record record{words[i], 0, i, 0};
      sorter.Add(reinterpret_cast<const std::byte*>(&record));
    }
    std::vector<std::uint64_t> sorted;
    sorter.Drain([&](const std::byte* bytes) { sorted.push_back(KeyOf(bytes).front()); });
    std::vector<std::uint64_t> expected = words;
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(sorted, expected);
  }
}

TEST(ExternalSorterTest, SortsNothingAndOne) {
  const TemporaryFolder folder;
  std::size_t runs = 0;
  EXPECT_TRUE(Sort(folder, 0, 1 << 20, runs).empty());
  EXPECT_EQ(Sort(folder, 1, 1, runs).size(), 1U);
}

}  // namespace
}  // namespace shortlist::data
