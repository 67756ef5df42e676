// The running server against an exact computation from checkpoint and dataset, without index, bundle and gRPC.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "data/dataset.h"
#include "e2e/retailer.h"
#include "e2e/server.h"
#include "features/history_encoder.h"
#include "model/two_tower.h"
#include "query_client.h"
#include "repeat/blend.h"
#include "tensor/backend.h"
#include "train/event_log.h"
#include "train/present.h"
#include "train/repeat_fit.h"
#include "train/trainer.h"

namespace shortlist::e2e {
namespace {

constexpr std::int32_t kLength = 10;
constexpr std::int64_t kTime = 1700000000;
const std::string kDevice = "phone";

// The scorer of the checkpoint, in float64 over all items.
class Offline {
 public:
  Offline(const std::filesystem::path& dataset, const std::filesystem::path& checkpoints)
      : dataset_(data::Dataset::Open(dataset)),
        log_(train::MakePresentLog(dataset_)),
        backend_(tensor::MakeCpuBackend(1)),
        model_(model::TwoTower::Load(train::FindModel(checkpoints), *backend_)),
        items_(static_cast<std::size_t>(dataset_.items() * model_.vector_width())) {
    const auto repeat_file = train::RepeatFileOf(checkpoints);
    if (std::filesystem::exists(repeat_file)) {
      blend_.emplace(repeat::ReadRepeatWeights(repeat_file), model_.spec().settings.dimension);
    }
    model_.ReplaceDemand(train::PresentDemand(model_.spec().settings.prior, log_, dataset_.items()));
    model_.EncodeItems(0, dataset_.items(), items_);
  }

  const data::Dataset& dataset() const { return dataset_; }

  // Ids and scores, best first.
  std::vector<std::pair<std::string, double>> Shortlist(std::int64_t user, tools::Seen seen) const {
    const features::HistoryView history = History(user);
    const std::vector<float> query = Encode(history);
    std::map<std::int32_t, double> scores;
    for (std::int32_t item = 0; item < dataset_.items(); ++item) scores[item] = Score(query, item);
    if (seen == tools::Seen::kMask) {
      for (const std::int32_t item : history.items) scores.erase(item);
    } else if (blend_) {
      const auto vector_of = [this](std::int32_t item) { return Vector(item); };
      for (const auto& [item, score] : blend_->ScoreOwn(query, history, kTime, vector_of)) scores[item] = score;
    }
    std::vector<std::pair<double, std::int32_t>> scored;
    for (const auto& [item, score] : scores) scored.emplace_back(-score, item);
    std::sort(scored.begin(), scored.end());
    std::vector<std::pair<std::string, double>> best;
    for (std::size_t i = 0; i < kLength && i < scored.size(); ++i) {
      best.emplace_back(dataset_.ItemId(scored[i].second), -scored[i].first);
    }
    return best;
  }

 private:
  features::HistoryView History(std::int64_t user) const {
    const auto begin = static_cast<std::size_t>(log_.offsets[static_cast<std::size_t>(user)]);
    const auto end = static_cast<std::size_t>(log_.offsets[static_cast<std::size_t>(user) + 1]);
    return {std::span(log_.items).subspan(begin, end - begin), std::span(log_.times).subspan(begin, end - begin)};
  }

  std::vector<float> Encode(features::HistoryView history) const {
    base::QueryBatch batch;
    batch.context = dataset_.context_graph().EmptyRows();
    features::HistoryEncoder(model_.spec().settings.history).Append(history, kTime, batch);
    dataset_.context_graph().Encode({{"device", kDevice}, {"time", static_cast<double>(kTime)}}, batch.context);
    std::vector<float> query(static_cast<std::size_t>(model_.vector_width()));
    model_.EncodeUsers(batch, query);
    return query;
  }

  std::vector<float> Vector(std::int32_t item) const {
    const auto first = items_.begin() + item * model_.vector_width();
    return {first, first + model_.vector_width()};
  }

  double Score(const std::vector<float>& query, std::int32_t item) const {
    double score = 0;
    for (std::size_t d = 0; d < query.size(); ++d) {
      score += static_cast<double>(query[d]) * items_[static_cast<std::size_t>(item) * query.size() + d];
    }
    return score;
  }

  data::Dataset dataset_;
  train::EventLog log_;
  std::unique_ptr<tensor::Backend> backend_;
  model::TwoTower model_;
  std::optional<repeat::Blend> blend_;
  std::vector<float> items_;
};

class OfflineAnswersTest : public Retailer {
 protected:
  void ExpectTheSameAnswers(tools::Seen seen = tools::Seen::kMask) const {
    const Offline offline(dataset(), checkpoints());
    Server server(bundle(), scratch_.path());
    const tools::QueryClient client(server.address());
    int compared = 0;
    for (std::int64_t user = 0; user < offline.dataset().users(); user += 7) {
      tools::RecommendQuery query;
      query.user_id = std::string(offline.dataset().UserId(user));
      query.context["device"] = kDevice;
      query.time = kTime;
      query.k = kLength;
      query.seen = seen;
      const tools::Shortlist served = client.Recommend(query);
      const auto expected = offline.Shortlist(user, seen);
      ASSERT_EQ(served.items.size(), expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(served.items[i].id, expected[i].first) << "rank " << i + 1 << " of " << *query.user_id;
        EXPECT_NEAR(served.items[i].score, expected[i].second, 1e-5);
      }
      ++compared;
    }
    EXPECT_GT(compared, 20);
    EXPECT_EQ(server.Stop().status, 0);
  }
};

TEST_F(OfflineAnswersTest, TheServerAnswersAsTheCheckpointDoes) {
  RunAll();
  ExpectTheSameAnswers();
}

TEST_F(OfflineAnswersTest, AlsoWithEncodersOfTheHistory) {
  for (const EncoderKind kind : {EncoderKind::kAttention, EncoderKind::kGru, EncoderKind::kTransformer}) {
    Settings settings = MakeSettings();
    settings.model.history.max_length = 20;
    settings.model.history.encoder = {.kind = kind, .feed_forward = 16, .add_pools = kind != EncoderKind::kAttention};
    settings.train.batch_order = BatchOrder::kByShopper;
    Succeed({"run", WriteConfiguration(settings, "encoder.yaml").string()});
    ExpectTheSameAnswers();
  }
}

TEST_F(OfflineAnswersTest, AlsoWithAPriorThatMovesOnAfterTraining) {
  Settings settings = MakeSettings();
  settings.model.prior = {PriorKind::kRecentDemand, 14, 0.3, false};
  settings.model.history.pools = {{PoolWeighting::kTimeDecay, 0.6, 10}, {PoolWeighting::kMean}};
  Succeed({"run", WriteConfiguration(settings, "prior.yaml").string()});
  ExpectTheSameAnswers();
}

TEST_F(OfflineAnswersTest, AlsoWithRepeatPurchases) {
  Settings settings = MakeSettings();
  settings.model.prior = {PriorKind::kRecentDemand, 14, 0.3, true, {3, 30}};
  settings.model.repeat = {.kind = RepeatKind::kOwnPurchases, .half_lives_days = {3, 30}, .horizon_days = 7};
  settings.train.batch_order = BatchOrder::kTimeCoherent;
  settings.evaluate.seen = {SeenRule::kMask, SeenRule::kAllow};
  Succeed({"run", WriteConfiguration(settings, "repeat.yaml").string()});
  ExpectTheSameAnswers(tools::Seen::kAllow);
  ExpectTheSameAnswers(tools::Seen::kMask);
}

// Each with all that it can read: recency, recent demand and, for popularity, a window.
TEST_F(OfflineAnswersTest, AlsoOfModelsThatAreSolvedFor) {
  for (const ModelKind kind : {ModelKind::kPopularity, ModelKind::kItemKnn, ModelKind::kEase, ModelKind::kIals}) {
    Settings settings = MakeSettings();
    settings.model.kind = kind;
    if (kind == ModelKind::kPopularity) settings.model.prior.kind = PriorKind::kRecentDemand;
    settings.model.item_knn.history_decay = 0.9;
    settings.model.item_knn.demand_exponent = 0.25;
    settings.model.ease.history_half_life_days = 20;
    settings.model.ease.demand_exponent = 0.25;
    settings.model.ials.history_decay = 0.9;
    settings.model.ials.history_half_life_days = 20;
    settings.model.ials.demand_exponent = 0.25;
    settings.evaluate.baselines = {};
    Succeed({"run", WriteConfiguration(settings, "solved.yaml").string()});
    ExpectTheSameAnswers(tools::Seen::kAllow);
    ExpectTheSameAnswers(tools::Seen::kMask);
  }
}

}  // namespace
}  // namespace shortlist::e2e
