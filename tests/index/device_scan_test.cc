#include "index/device_scan.h"

#include <algorithm>
#include <deque>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bit_set.h"
#include "index/made_vectors.h"
#include "index/rounding.h"
#include "index/stand_in_device.h"

namespace shortlist::index {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kWidth = 13;

class DeviceScanTest : public ::testing::Test {
 protected:
  void Ask(std::int64_t row, std::int64_t k, std::vector<std::int32_t> excluded = {}) {
    excluded_.push_back(std::move(excluded));
    queries_.push_back({Row(asked_, kWidth, row), k, excluded_.back()});
  }

  // What is answered is right; how much that is.
  std::int64_t AnsweredRightly(const ScanDevice& device, const std::vector<float>& vectors) const {
    const VectorTable table = TableOf(vectors, kWidth);
    double longest = 0;
    for (std::int64_t row = 0; row < table.size(); ++row) longest = std::max(longest, Norm(Row(vectors, kWidth, row)));
    const DeviceScan scan(device, vectors, kWidth);
    scan.Search(queries_, table, longest);  // a device that fails is not asked a second time
    const auto answers = scan.Search(queries_, table, longest);
    EXPECT_EQ(answers.size(), queries_.size());
    for (std::size_t q = 0; q < answers.size(); ++q) {
      if (answers[q]) ExpectExact(table, queries_[q], *answers[q]);
    }
    return std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); });
  }

  static void ExpectExact(const VectorTable& table, const Query& query, const std::vector<Neighbor>& answer) {
    std::vector<std::int32_t> wanted;
    for (std::int32_t id = 0; id < table.size(); ++id) {
      if (Wants(query, id)) wanted.push_back(id);
    }
    const auto exact = SearchExactlyAmong(table, query.vector.data(), query.k, wanted);
    ASSERT_EQ(Ids(answer), Ids(exact));
    for (std::size_t i = 0; i < exact.size(); ++i) ASSERT_EQ(answer[i].score, exact[i].score);
  }

  const std::vector<float> asked_ = MadeVectors(200, kWidth, 2);
  std::vector<Query> queries_;
  std::deque<std::vector<std::int32_t>> excluded_;
};

TEST_F(DeviceScanTest, AnswersToTheBit) {
  for (std::int64_t row = 0; row < 200; ++row) Ask(row, 1 + row * row % 300);
  EXPECT_EQ(AnsweredRightly(WorkingDevice(), MadeVectors(3000, kWidth, 1)), 200);
}

TEST_F(DeviceScanTest, LeavesOutWhatEachQueryExcludes) {
  const std::vector<float> vectors = MadeVectors(3000, kWidth, 1);
  for (std::int64_t row = 0; row < 20; ++row) {
    std::vector<std::int32_t> best = TrueBest(vectors, Row(asked_, kWidth, row), row * 10);
    best.insert(best.end(), {-3, 3000, 1 << 30});
    std::ranges::sort(best);
    Ask(row, 25, best);
  }
  EXPECT_EQ(AnsweredRightly(WorkingDevice(), vectors), 20);
}

TEST_F(DeviceScanTest, LeavesToTheCpuWhatItCannotTell) {
  Ask(0, 3);
  EXPECT_EQ(AnsweredRightly(WorkingDevice(), std::vector<float>(700 * kWidth, 0.3F)), 0) << "all scores are equal";
}

TEST_F(DeviceScanTest, LeavesToTheCpuWhatAllowsFew) {
  base::BitSet few(3000);
  few.Insert(7);
  few.Insert(2999);
  Ask(0, 3);
  queries_.back().allowed = &few;
  EXPECT_EQ(AnsweredRightly(WorkingDevice(), MadeVectors(3000, kWidth, 1)), 0);
}

TEST_F(DeviceScanTest, AnswersAnythingWhenItSeesAll) {
  Ask(0, 1000);
  Ask(1, 3, {0, 1, 2});
  EXPECT_EQ(AnsweredRightly(WorkingDevice(), MadeVectors(5, kWidth, 1)), 2);
}

TEST_F(DeviceScanTest, AFailureIsSaidOnceAndLeavesAllToTheCpu) {
  for (const ScanDevice& device : {FullDevice(), LostDevice()}) {
    queries_.clear();
    Ask(0, 3);
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(AnsweredRightly(device, MadeVectors(300, kWidth, 1)), 0);
    const std::string log = ::testing::internal::GetCapturedStderr();
    EXPECT_THAT(log, HasSubstr("vectors are scanned by the CPU, because cuda:0 failed: "));
    EXPECT_EQ(std::ranges::count(log, '\n'), 1);
  }
}

}  // namespace
}  // namespace shortlist::index
