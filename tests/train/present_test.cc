#include "train/present.h"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "data/prepare.h"
#include "model/two_tower.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"
#include "train/query_source.h"

namespace shortlist::train {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

// Two shoppers; leave-one-out puts a's last event into test and the one before into validation.
constexpr char kEvents[] =
    "user,item,time\n"
    "a,x,1970-01-01T00:00:00Z\n"
    "a,y,1970-01-02T00:00:00Z\n"
    "a,z,1970-01-03T00:00:00Z\n"
    "a,x,1970-01-04T00:00:00Z\n"
    "b,z,1970-01-04T00:00:01Z\n";
constexpr std::int64_t kDay = 86400;

class PresentTest : public ::testing::Test {
 protected:
  data::Dataset Prepare() const {
    base::WriteFileAtomically(scratch_ / "events.csv", kEvents);
    Settings settings;
    settings.data.events.paths = {"events.csv"};
    settings.data.events.columns.time = "time";
    settings.features.context = {{"day", "time", TransformKind::kDayOfWeek}};
    data::Prepare(settings, scratch_.path(), scratch_ / "dataset");
    return data::Dataset::Open(scratch_ / "dataset");
  }

  // Items in the order of their ids in the argument.
  std::vector<float> Demand(const PriorSettings& prior, const std::vector<std::string>& ids) const {
    const std::vector<float> demand = PresentDemand(prior, log_, dataset_.items());
    std::vector<float> chosen;
    for (const std::string& id : ids) chosen.push_back(demand[static_cast<std::size_t>(*dataset_.FindItem(id))]);
    return chosen;
  }

  ScratchDirectory scratch_;
  data::Dataset dataset_ = Prepare();
  EventLog log_ = MakePresentLog(dataset_);
};

TEST_F(PresentTest, TheLogHasTheEventsOfAllParts) {
  EXPECT_EQ(log_.events(), 5);
  const auto user = static_cast<std::size_t>(*dataset_.FindUser("a"));
  const auto begin = static_cast<std::size_t>(log_.offsets[user]);
  std::vector<std::string> ids;
  for (std::size_t i = begin; i < static_cast<std::size_t>(log_.offsets[user + 1]); ++i) {
    ids.emplace_back(dataset_.ItemId(log_.items[i]));
  }
  EXPECT_THAT(ids, ElementsAre("x", "y", "z", "x"));
}

TEST_F(PresentTest, ThePresentIsRightBehindTheLastEvent) {
  EXPECT_EQ(PresentTime(log_), 3 * kDay + 2);
  EXPECT_EQ(PresentTime(EventLog{}), 0);
}

TEST_F(PresentTest, DemandCountsAllEventsOrThoseOfTheWindow) {
  const float one = std::log(2.0F);
  const float two = std::log(3.0F);
  EXPECT_TRUE(PresentDemand({PriorKind::kNone, 1, 0, false}, log_, dataset_.items()).empty());
  EXPECT_THAT(Demand({PriorKind::kPopularity, 1, 0, false}, {"x", "y", "z"}),
              ElementsAre(FloatEq(two), FloatEq(one), FloatEq(two)));
  EXPECT_THAT(Demand({PriorKind::kRecentDemand, 1, 0, false}, {"x", "y", "z"}),
              ElementsAre(FloatEq(one), FloatEq(0), FloatEq(one)));
}

TEST_F(PresentTest, ShoppersAreEncodedFromAllTheirEvents) {
  const auto backend = tensor::MakeCpuBackend(1);
  ModelSettings settings;
  settings.dimension = 4;
  settings.user_hidden = {};
  settings.history.pools = {{PoolWeighting::kMean}};
  const model::TwoTower model(MakeSpec(settings, dataset_), MakeItemInputs(settings, dataset_, data::Part::kTest),
                              *backend, 1);
  const std::int64_t b = *dataset_.FindUser("b");
  const std::vector<std::int64_t> users = {b, *dataset_.FindUser("a"), b};
  const std::vector<float> vectors = EncodePresentShoppers(model, dataset_, log_, users);
  ASSERT_EQ(vectors.size(), 12);
  EXPECT_TRUE(std::equal(vectors.begin(), vectors.begin() + 4, vectors.begin() + 8));

  // The same by hand for b, whose only event is z.
  base::QueryBatch batch;
  batch.context = dataset_.context_graph().EmptyRows();
  base::Bags pool;
  pool.Append(static_cast<std::int32_t>(*dataset_.FindItem("z")), 1);
  pool.EndRow();
  batch.pools = {pool};
  dataset_.context_graph().Encode({{"time", static_cast<double>(PresentTime(log_))}}, batch.context);
  std::vector<float> expected(4);
  model.EncodeUsers(batch, expected);
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), vectors.begin()));
}

}  // namespace
}  // namespace shortlist::train
