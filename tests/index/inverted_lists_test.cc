#include "index/inverted_lists.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"
#include "index/openmp_threads.h"
#include "index/stand_in_device.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

using ::testing::HasSubstr;

class InvertedListsTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t kWidth = 6;

  InvertedListsTest() : centroids_(Centroids(kWidth)) {
    const OpenMpThreads alone(1);
    index_ = std::make_unique<faiss::IndexIVFFlat>(centroids_.get(), kWidth, 20, faiss::METRIC_INNER_PRODUCT);
    FillLists(*index_, vectors_);
  }

  faiss::ArrayInvertedLists& lists() { return dynamic_cast<faiss::ArrayInvertedLists&>(*index_->invlists); }
  bool Sound() const {
    try {
      RequireLists(*index_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kDataLoss);
      return false;
    }
    return true;
  }

  const std::vector<float> vectors_ = MadeVectors(1000, kWidth, 1);
  std::unique_ptr<faiss::Index> centroids_;
  std::unique_ptr<faiss::IndexIVFFlat> index_;
  std::string log_;
};

TEST_F(InvertedListsTest, FilledListsAreSoundAndByNearestCentroid) {
  EXPECT_TRUE(Sound());
  EXPECT_EQ(centroids_->ntotal, 20);
  std::int64_t list = -1;
  centroids_->assign(1, vectors_.data(), &list);
  const auto* ids = lists().get_ids(static_cast<std::size_t>(list));
  EXPECT_NE(std::find(ids, ids + lists().list_size(static_cast<std::size_t>(list)), 0),
            ids + lists().list_size(static_cast<std::size_t>(list)));
}

TEST_F(InvertedListsTest, FillingIsDeterministic) {
  const auto again = Centroids(kWidth);
  faiss::IndexIVFFlat other(again.get(), kWidth, 20, faiss::METRIC_INNER_PRODUCT);
  FillLists(other, vectors_);
  EXPECT_EQ(dynamic_cast<faiss::IndexFlat&>(*again).codes, dynamic_cast<faiss::IndexFlat&>(*centroids_).codes);
}

TEST_F(InvertedListsTest, CentroidsLearnedOnADeviceAreTheSame) {
  for (const ScanDevice& device : {WorkingDevice(), FullDevice(), LostDevice()}) {
    const auto again = Centroids(kWidth);
    faiss::IndexIVFFlat other(again.get(), kWidth, 20, faiss::METRIC_INNER_PRODUCT);
    ::testing::internal::CaptureStderr();
    FillLists(other, vectors_, &device);
    log_ += ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(dynamic_cast<faiss::IndexFlat&>(*again).codes, dynamic_cast<faiss::IndexFlat&>(*centroids_).codes);
  }
  EXPECT_THAT(log_, HasSubstr("learned on the CPU, because cuda:0 failed: out of memory"));
  EXPECT_THAT(log_, HasSubstr("learned on the CPU, because cuda:0 failed: the device is lost"));
  EXPECT_EQ(std::ranges::count(log_, '\n'), 2);
}

TEST_F(InvertedListsTest, AnIdThatRepeatsIsUnknownOrIsMissingIsUnsound) {
  std::size_t list = 0;
  while (lists().ids[list].size() < 2) ++list;
  const auto original = lists().ids[list];
  lists().ids[list][0] = lists().ids[list][1];
  EXPECT_FALSE(Sound());
  lists().ids[list] = original;
  lists().ids[list][0] = 1000;
  EXPECT_FALSE(Sound());
  lists().ids[list][0] = -1;
  EXPECT_FALSE(Sound());
  lists().ids[list] = original;
  lists().ids[list].pop_back();
  EXPECT_FALSE(Sound());
}

TEST_F(InvertedListsTest, ListsWithoutCentroidsAreUnsound) {
  dynamic_cast<faiss::IndexFlat&>(*centroids_).codes.resize(4);
  EXPECT_FALSE(Sound());
  faiss::IndexFlatIP other(kWidth);
  other.add(20, vectors_.data());
  index_->quantizer = &other;
  EXPECT_FALSE(Sound());
}

TEST(ListCountTest, FollowsTheRootButLeavesEnoughVectorsToLearnFrom) {
  VectorIndexSettings settings;
  EXPECT_EQ(ListCount(settings, 40981), 809);
  EXPECT_EQ(ListCount(settings, 4096), 105);
  EXPECT_EQ(ListCount(settings, 10), 1);
  settings.lists = 500;
  EXPECT_EQ(ListCount(settings, 40981), 500);
  EXPECT_EQ(ListCount(settings, 7800), 200);
}

TEST_F(InvertedListsTest, CodesOfAnotherSizeOrNumberAreUnsound) {
  EXPECT_NO_THROW(RequireListCodes(*index_));
  lists().codes[3].push_back(0);
  EXPECT_THROW(RequireListCodes(*index_), Error);
  lists().codes[3].pop_back();
  lists().code_size = 4;
  EXPECT_THROW(RequireListCodes(*index_), Error);
}

TEST_F(InvertedListsTest, FindsTheCodeOfEachId) {
  const auto codes = CodesById(*index_);
  ASSERT_EQ(codes.size(), 1000U);
  for (const std::int64_t id : {0, 17, 999}) {
    const auto* values = reinterpret_cast<const float*>(codes[static_cast<std::size_t>(id)]);
    EXPECT_TRUE(std::equal(values, values + kWidth, Row(vectors_, kWidth, id).begin()));
  }
}

TEST_F(InvertedListsTest, ProbesFollowTheNeighborsAskedFor) {
  VectorIndexSettings settings;
  settings.probes = 8;
  settings.neighbors = 10;
  const ProbeRule rule(settings, *index_);
  EXPECT_EQ(rule.ProbesFor(25), 8);
  EXPECT_EQ(rule.ProbesFor(26), 9);
  EXPECT_EQ(rule.ProbesFor(1000), 20);
  EXPECT_EQ(rule.NeighborsWithin(8), 25);
  settings.probes = 100;
  EXPECT_EQ(ProbeRule(settings, *index_).least(), 20);
}

TEST_F(InvertedListsTest, ProbesAreTakenAtTheirWordForTheNeighborsThatTheyAreMeantFor) {
  VectorIndexSettings settings;
  settings.probes = 1;
  settings.neighbors = 50;
  const ProbeRule rule(settings, *index_);
  EXPECT_EQ(rule.ProbesFor(50), 1);
  EXPECT_EQ(rule.NeighborsWithin(1), 50);
  EXPECT_EQ(rule.ProbesFor(51), 17);
}

}  // namespace
}  // namespace shortlist::index
