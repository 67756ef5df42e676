#include "train/gradient_exchange.h"

#include <future>
#include <memory>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "train/thread_ranks.h"

namespace shortlist::train {
namespace {

constexpr std::int64_t kDimension = 3;
constexpr std::int64_t kItems = 10;

// Items sharded, with item 4 replicated besides; hours replicated.
class GradientExchangeTest : public testing::Test {
 protected:
  struct Rank {
    Rank(const model::ParameterLayout& layout, comm::Communicator& communicator, tensor::Backend& backend)
        : exchange(RowPlacement(layout.tables, {{Placement::kSharded, {4}}, {Placement::kReplicated, {}}},
                                {communicator.rank(), communicator.size()}),
                   kDimension, WireFormat::kFloat32, communicator, backend),
          parameters(model::LayoutOf(exchange.held(), layout), backend),
          gradients(layout, backend) {
      for (std::size_t t = 0; t < layout.tables.size(); ++t) {
        for (const model::RowRun& run : exchange.held().runs[t]) {
          const tensor::Matrix rows = model::RowsOf(run, parameters.table(run.held));
          for (std::int64_t k = 0; k < rows.rows; ++k) {
            for (std::int64_t c = 0; c < kDimension; ++c) {
              rows.data[k * kDimension + c] = static_cast<float>(100 * t + 10 * run.ModelRow(k) + c);
            }
          }
        }
      }
      gradients.Clear();
    }
    GradientExchange exchange;
    model::Parameters parameters;
    model::Gradients gradients;
  };

  static base::Bags BagOf(const std::vector<std::int32_t>& ids) {
    base::Bags bags;
    for (const std::int32_t id : ids) bags.Append(id, 1);
    bags.EndRow();
    return bags;
  }
  static model::TwoTowerSpec Spec() {
    model::TwoTowerSpec spec;
    spec.items = kItems;
    spec.context_features = {{"hour", 5}};
    spec.settings.dimension = kDimension;
    spec.settings.user_hidden = {};
    return spec;
  }

  model::ParameterLayout layout_{Spec()};
};

TEST_F(GradientExchangeTest, ReadsRowsOfAnyRank) {
  for (const int ranks : {1, 2, 3}) {
    OnThreadRanks(ranks, [&](comm::Communicator& communicator, tensor::Backend& backend) {
      Rank rank(layout_, communicator, backend);
      const std::vector<std::int32_t> items = {9, communicator.rank(), 4, 9};
      base::Bags item_bag = BagOf(items);
      base::Bags hour_bag = BagOf({communicator.rank() + 1});
      const std::vector<model::TableRead> reads = {{0, &item_bag}, {1, &hour_bag}};
      const model::ParameterView view = rank.exchange.Read(rank.parameters, reads);
      for (std::size_t i = 0; i < items.size(); ++i) {
        EXPECT_EQ(view.table(0).data[item_bag.ids[i] * kDimension + 2], static_cast<float>(10 * items[i] + 2));
      }
      EXPECT_EQ(view.table(1).data[hour_bag.ids[0] * kDimension], static_cast<float>(110 + 10 * communicator.rank()));
    });
  }
}

// Alone, and aware of whether a sum that began was awaited.
class WatchedCommunicator final : public comm::Communicator {
 public:
  explicit WatchedCommunicator(tensor::Backend& backend) : solo_(comm::MakeSoloCommunicator(backend)) {}

  int rank() const override { return 0; }
  int size() const override { return 1; }
  const comm::Traffic& traffic() const override { return solo_->traffic(); }
  void AllReduceSum(float* values, std::int64_t count) override { solo_->AllReduceSum(values, count); }
  void AllGather(const void* send, std::int64_t bytes, void* receive) override {
    solo_->AllGather(send, bytes, receive);
  }
  void ReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    solo_->ReduceScatterSum(send, count, receive);
  }
  void AllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                std::span<const std::int64_t> receive_bytes) override {
    solo_->AllToAll(send, send_bytes, receive, receive_bytes);
  }
  void Broadcast(void* data, std::int64_t bytes, int root) override { solo_->Broadcast(data, bytes, root); }
  void Barrier() override { solo_->Barrier(); }
  void BeginAllReduceSum(float* /*values*/, std::int64_t /*count*/) override { under_way_ = true; }
  void Finish() override { under_way_ = false; }

  bool under_way() const { return under_way_; }

 private:
  std::unique_ptr<comm::Communicator> solo_;
  bool under_way_ = false;
};

TEST_F(GradientExchangeTest, FreesNoMemoryOfASumThatIsUnderWay) {
  const auto backend = tensor::MakeCpuBackend(1);
  WatchedCommunicator communicator(*backend);
  {
    Rank rank(layout_, communicator, *backend);
    base::Bags bag = BagOf({4});
    const std::vector<model::TableRead> reads = {{0, &bag}};
    rank.exchange.Read(rank.parameters, reads);
    const model::DenseRun all = {0, layout_.dense_size};
    rank.exchange.BeginReduce(rank.gradients, std::span(&all, 1));
    EXPECT_TRUE(communicator.under_way());
  }
  EXPECT_FALSE(communicator.under_way());
}

// Each rank uses items 4 (replicated) and 7 (sharded) once with gradient rank + 1.
TEST_F(GradientExchangeTest, GradientsReachThoseWhoUpdate) {
  constexpr int kRanks = 3;
  OnThreadRanks(kRanks, [&](comm::Communicator& communicator, tensor::Backend& backend) {
    Rank rank(layout_, communicator, backend);
    base::Bags bag = BagOf({4, 7});
    const std::vector<model::TableRead> reads = {{0, &bag}};
    rank.exchange.Read(rank.parameters, reads);
    const std::vector<float> gradient(kDimension, static_cast<float>(communicator.rank() + 1));
    const tensor::BagsView view = {bag.ids.data(), bag.weights.data(), bag.offsets.data(), 1, 2};
    rank.gradients.Add(0, view, {gradient.data(), 1, kDimension});
    rank.gradients.dense(layout_.scale).data[0] = static_cast<float>(communicator.rank());
    float loss = 1;
    const model::DenseRun all = {0, layout_.dense_size};
    rank.exchange.BeginReduce(rank.gradients, std::span(&all, 1));
    rank.exchange.Reduce(&loss, rank.gradients);
    EXPECT_EQ(loss, 3);
    EXPECT_EQ(rank.gradients.dense(layout_.scale).data[0], 0 + 1 + 2);

    constexpr tensor::Optimizer kOptimizer = {.kind = tensor::OptimizerKind::kSgd, .rate = 1};
    for (const std::size_t table : {RowPlacement::kReplicatedTable, RowPlacement::kShardedTable}) {
      const tensor::Matrix rows = rank.parameters.table(table);
      backend.SparseUpdate(rows, {nullptr, rows.rows, 0}, rank.gradients.uses(table), kOptimizer);
    }
    for (const model::RowRun& run : rank.exchange.held().runs[0]) {
      const tensor::Matrix rows = model::RowsOf(run, rank.parameters.table(run.held));
      for (std::int64_t k = 0; k < rows.rows; ++k) {
        const bool updated = run.held == RowPlacement::kReplicatedTable || run.ModelRow(k) == 7;
        EXPECT_EQ(rows.data[k * kDimension], static_cast<float>(10 * run.ModelRow(k) - (updated ? 1 + 2 + 3 : 0)));
      }
    }
  });
}

// Seven candidates on three ranks: three, three and one.
TEST_F(GradientExchangeTest, CandidatesOfAllRanksKeepTheirOrder) {
  OnThreadRanks(3, [&](comm::Communicator& communicator, tensor::Backend& backend) {
    Rank rank(layout_, communicator, backend);
    const model::BatchShare share = ShareOf({communicator.rank(), 3}, 5, 7);
    std::vector<float> own(static_cast<std::size_t>(share.candidates * kDimension));
    for (std::size_t i = 0; i < own.size(); ++i) {
      own[i] = static_cast<float>(share.first_candidate * kDimension + static_cast<std::int64_t>(i));
    }
    const tensor::ConstMatrix all = rank.exchange.Gather({own.data(), share.candidates, kDimension}, 7);
    ASSERT_EQ(all.rows, 7);
    for (std::int64_t i = 0; i < all.size(); ++i) EXPECT_EQ(all.data[i], static_cast<float>(i));

    std::vector<float> gradient(static_cast<std::size_t>(rank.exchange.GatheredRows(7) * kDimension), 1e30F);
    for (std::size_t i = 0; i < 7 * kDimension; ++i) gradient[i] = static_cast<float>(i);
    const std::int64_t rows = rank.exchange.GatheredRows(7);
    rank.exchange.BeginScatterSum({gradient.data(), rows, kDimension}, 7, share.candidates);
    const tensor::ConstMatrix sum = rank.exchange.FinishScatterSum();
    ASSERT_EQ(sum.rows, share.candidates);
    for (std::size_t i = 0; i < own.size(); ++i) EXPECT_EQ(sum.data[i], 3 * own[i]);
  });
}

// Rank 1 begins when rank 0 has gone on from both of its sums, which would wait for rank 1 if they did not overlap.
TEST_F(GradientExchangeTest, SumsOverlapWithWhatARankComputes) {
  std::promise<void> went_on;
  OnThreadRanks(2, [&](comm::Communicator& communicator, tensor::Backend& backend) {
    Rank rank(layout_, communicator, backend);
    rank.exchange.Read(rank.parameters, {});
    const std::int64_t rows = rank.exchange.GatheredRows(2);
    std::vector<float> gradient(static_cast<std::size_t>(rows * kDimension), 1);
    const std::vector<model::DenseRun> halves = {{8, layout_.dense_size}, {0, 8}};
    rank.gradients.dense(layout_.scale).data[0] = 5;
    if (communicator.rank() == 1) went_on.get_future().wait();
    rank.exchange.BeginScatterSum({gradient.data(), rows, kDimension}, 2, 1);
    rank.exchange.BeginReduce(rank.gradients, std::span(halves).first(1));
    rank.exchange.BeginReduce(rank.gradients, std::span(halves).last(1));
    if (communicator.rank() == 0) went_on.set_value();
    EXPECT_EQ(rank.exchange.FinishScatterSum().data[0], 2);
    float loss = 1;
    rank.exchange.Reduce(&loss, rank.gradients);
    EXPECT_EQ(rank.gradients.dense(layout_.scale).data[0], 10);
    EXPECT_EQ(loss, 2);
  });
}

TEST_F(GradientExchangeTest, OneRankAsksAndAllStopAfterTheSameStep) {
  OnThreadRanks(2, [&](comm::Communicator& communicator, tensor::Backend& backend) {
    Rank rank(layout_, communicator, backend);
    const auto step = [&] {
      base::Bags bag = BagOf({1});
      const std::vector<model::TableRead> reads = {{0, &bag}};
      rank.exchange.Read(rank.parameters, reads);
    };
    step();
    EXPECT_FALSE(rank.exchange.stop_asked());
    if (communicator.rank() == 1) rank.exchange.AskToStop();
    step();
    EXPECT_TRUE(rank.exchange.stop_asked());
  });
}

}  // namespace
}  // namespace shortlist::train
