#include "train/plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "base/settings_kind.h"
#include "model/optimizer_state.h"
#include "model/parameters.h"
#include "shortlist/error.h"
#include "tensor/backend.h"

namespace shortlist::train {
namespace {

constexpr double kFloat = 4;
constexpr double kBfloat16 = 2;
constexpr double kId = 4;
constexpr double kLossValues = 16;
// Row-wise arrays that a pass keeps beside its hidden layers: inputs, normalized outputs, and the gradients of both.
constexpr double kArraysPerQuery = 8;
constexpr double kArraysPerCandidate = 6;
constexpr double kArraysPerHidden = 3;
// The same of an encoder's parts, for each event that it reads.
constexpr double kArraysAroundEncoder = 9;
constexpr double kArraysPerAttention = 20;
constexpr double kArraysPerFeedForward = 6;
constexpr double kArraysPerGru = 22;
// A product and the two products of its gradient, of a multiplication and an addition each.
constexpr double kOperationsPerWeight = 6;

// The quantities that all parts of a plan are made of.
class Sizes {
 public:
  Sizes(const JobShape& job, const Cluster& cluster, Sharding sharding)
      : job_(job), cluster_(cluster), sharding_(sharding), layout_(job.spec), ranks_(cluster.devices) {
    for (const TableReads& table : job.reads.tables) Divide(table);
  }

  const model::ParameterLayout& layout() const { return layout_; }
  double ranks() const { return ranks_; }
  double dimension() const { return static_cast<double>(layout_.dimension); }
  double row_bytes() const { return dimension() * kFloat; }
  bool rounded() const { return job_.train.communication.wire == WireFormat::kBfloat16; }
  // Of a value on its way between ranks.
  double wire_bytes() const { return rounded() ? kBfloat16 : kFloat; }
  double rows() const { return static_cast<double>(job_.train.batch_size) / ranks_; }
  double candidates() const { return static_cast<double>(job_.candidates); }
  double own_candidates() const { return std::ceil(candidates() / ranks_); }
  double copies() const { return job_.train.weight_average_decay > 0 ? 2 : 1; }
  double state_width() const {
    return static_cast<double>(tensor::StateWidth(model::KindOf(job_.train.optimizer.embeddings), layout_.dimension));
  }
  bool sharded() const { return sharding_ != Sharding::kReplicated; }
  std::int64_t ReplicatedRows(std::size_t table) const {
    if (!sharded()) return layout_.tables[table].rows;
    return sharding_ == Sharding::kHybrid ? job_.reads.tables[table].frequent_rows : 0;
  }
  double HeldRows(std::size_t table) const {
    const double shard = sharded() ? std::ceil(static_cast<double>(layout_.tables[table].rows) / ranks_) : 0;
    return shard + static_cast<double>(ReplicatedRows(table));
  }
  double ReplicatedRowsOfAll() const {
    double rows = 0;
    for (std::size_t t = 0; t < layout_.tables.size(); ++t) rows += static_cast<double>(ReplicatedRows(t));
    return rows;
  }
  // Rows of a step: replicated ones that any rank reads, and others that this rank asks their owners for.
  double reduced_rows() const { return reduced_rows_; }
  double asked_rows() const { return asked_rows_; }
  double Distinct() const { return reduced_rows_ + asked_rows_; }

 private:
  void Divide(const TableReads& table) {
    switch (sharding_) {
      case Sharding::kHybrid:
        reduced_rows_ += table.frequent.on_any_rank;
        asked_rows_ += table.others.on_a_rank;
        break;
      case Sharding::kSharded:
        asked_rows_ += table.All().on_a_rank;
        break;
      case Sharding::kReplicated:
      case Sharding::kAuto:
        reduced_rows_ += table.All().on_any_rank;
        break;
    }
  }

  const JobShape& job_;
  const Cluster& cluster_;
  Sharding sharding_;
  model::ParameterLayout layout_;
  double ranks_;
  double reduced_rows_ = 0;
  double asked_rows_ = 0;
};

double HiddenWidth(const std::vector<std::int64_t>& hidden) {
  return static_cast<double>(std::accumulate(hidden.begin(), hidden.end(), std::int64_t{0}));
}

double WeightsOf(const model::ParameterLayout& layout, const model::PerceptronLayout& perceptron) {
  double weights = 0;
  for (const std::size_t layer : perceptron.weights) {
    weights += static_cast<double>(layout.dense[layer].rows * layout.dense[layer].columns);
  }
  return weights;
}

// What is sent and received in bfloat16: candidates and their gradients, dense gradients and rows.
double RoundedBytes(const Sizes& sizes) {
  if (!sizes.rounded() || sizes.ranks() == 1) return 0;
  const double rows = 3 * sizes.candidates() + sizes.own_candidates() + 2 * sizes.reduced_rows() + sizes.asked_rows();
  return kBfloat16 * (rows * sizes.dimension() + 2 * static_cast<double>(sizes.layout().dense_size));
}

// Activations and gradients of an encoder for one event of a history, in arrays of the dimension.
double EncoderFloats(const ModelSettings& model) {
  const EncoderSettings& encoder = model.history.encoder;
  const auto dimension = static_cast<double>(model.dimension);
  const auto layers = static_cast<double>(encoder.layers);
  switch (encoder.kind) {
    case EncoderKind::kPooled:
      return 0;
    case EncoderKind::kAttention:
      return dimension * (kArraysAroundEncoder + kArraysPerAttention);
    case EncoderKind::kGru:
      return dimension * (kArraysAroundEncoder + layers * kArraysPerGru);
    case EncoderKind::kTransformer:
      break;
  }
  const double perceptron = kArraysPerHidden * static_cast<double>(encoder.feed_forward);
  return dimension * (kArraysAroundEncoder + layers * (kArraysPerAttention + kArraysPerFeedForward)) +
         layers * perceptron;
}

double ActivationBytes(const JobShape& job, const Sizes& sizes) {
  const ModelSettings& model = job.spec.settings;
  const double pools = model.history.pools.size() > 1 ? 2 * static_cast<double>(model.history.pools.size()) : 0;
  const double per_query =
      sizes.dimension() * (kArraysPerQuery + pools) + kArraysPerHidden * HiddenWidth(model.user_hidden);
  const double per_candidate =
      sizes.dimension() * kArraysPerCandidate + kArraysPerHidden * HiddenWidth(model.item_hidden);
  double floats = sizes.rows() * per_query + sizes.own_candidates() * per_candidate;
  floats += job.reads.history_events / static_cast<double>(model.history.pools.size()) * EncoderFloats(model);
  floats += 2 * sizes.candidates() * sizes.dimension();  // gathered, and their gradients
  const bool features = !job.spec.item_features.empty() || job.spec.item_dense > 0;
  if (features) floats += 3 * job.reads.tables.front().All().on_a_rank * sizes.dimension();
  if (sizes.ranks() > 1) floats += 2 * (sizes.Distinct() + sizes.asked_rows()) * sizes.dimension();
  return floats * kFloat + RoundedBytes(sizes) + job.reads.history_events * (kId + kFloat);
}

MemoryUse MemoryOf(const JobShape& job, const Sizes& sizes) {
  MemoryUse memory;
  for (std::size_t t = 0; t < sizes.layout().tables.size(); ++t) {
    const model::TableShape& shape = sizes.layout().tables[t];
    const double held = sizes.HeldRows(t);
    memory.tables.push_back({shape.name, shape.rows, sizes.sharded(), sizes.ReplicatedRows(t),
                             held * sizes.row_bytes() * sizes.copies(), held * sizes.state_width() * kFloat});
  }
  memory.dense = static_cast<double>(sizes.layout().dense_size) * kFloat * (sizes.copies() + 1 + 2);
  memory.activations = ActivationBytes(job, sizes);
  return memory;
}

WireBytes WireOf(const Sizes& sizes) {
  const double others = sizes.ranks() - 1;
  const double elsewhere = others / sizes.ranks();
  WireBytes wire;
  wire.requests = kId * (1 + sizes.ranks() + std::ceil(sizes.ReplicatedRowsOfAll() / 32)) * others;
  wire.ids = kId * sizes.asked_rows() * elsewhere;
  const double row_bytes = sizes.dimension() * sizes.wire_bytes();
  wire.rows = row_bytes * sizes.asked_rows() * elsewhere;
  wire.row_gradients = wire.rows;
  wire.candidates = row_bytes * sizes.own_candidates() * others;
  wire.candidate_gradients = wire.candidates;
  const double reduced = static_cast<double>(sizes.layout().dense_size) + sizes.reduced_rows() * sizes.dimension();
  wire.reduced = 2 * (sizes.wire_bytes() * reduced + kFloat * kLossValues) * elsewhere;
  return wire;
}

// Sums over ranks go round each host once and between hosts with 1 / devices_per_host of the data per device; all other
// bytes go straight to where they are wanted, most of them on other hosts.
double ExchangeSeconds(const WireBytes& wire, const Cluster& cluster) {
  const double direct = wire.Total() - wire.reduced;
  const double devices = cluster.devices;
  const double local = std::min(devices, static_cast<double>(cluster.devices_per_host));
  const double share_elsewhere = devices > 1 ? (devices - local) / (devices - 1) : 0;
  const double in_host = (direct * (1 - share_elsewhere) + wire.reduced) / cluster.link_rate;
  const double between_hosts =
      (direct * share_elsewhere + (cluster.hosts() > 1 ? wire.reduced / local : 0)) / cluster.network_rate;
  return std::max(in_host, between_hosts);
}

// Operations that sum gradients: of each part of the dense ones as it becomes final, and of replicated rows. In
// bfloat16 a sum goes to all ranks by an operation of its own.
double SumsOf(const model::ParameterLayout& layout, const Sizes& sizes) {
  double sums = sizes.reduced_rows() > 0 ? 1 : 0;
  for (const auto* runs : {&layout.user_runs, &layout.item_head_runs, &layout.item_input_runs}) {
    sums += runs->empty() ? 0 : 1;
  }
  return sizes.rounded() ? 2 * sums : sums;
}

StepSeconds SecondsOf(const JobShape& job, const Cluster& cluster, const Sizes& sizes, const WireBytes& wire) {
  const model::ParameterLayout& layout = sizes.layout();
  const double operations = kOperationsPerWeight * (sizes.rows() * sizes.candidates() * sizes.dimension() +
                                                    sizes.rows() * WeightsOf(layout, layout.user) +
                                                    sizes.own_candidates() * WeightsOf(layout, layout.item));
  double held = 0;
  for (std::size_t t = 0; t < layout.tables.size(); ++t) held += sizes.HeldRows(t);
  // Read in the pass and scattered into in its gradient; then parameters and state are read and written.
  double bytes = 2 * job.reads.history_events * sizes.row_bytes();
  bytes += sizes.Distinct() * 2 * (sizes.row_bytes() + sizes.state_width() * kFloat);
  if (sizes.copies() > 1) bytes += 3 * held * sizes.row_bytes();
  StepSeconds seconds;
  seconds.compute = operations / cluster.compute_rate;
  seconds.memory = bytes / cluster.memory_rate;
  if (cluster.devices == 1) return seconds;
  seconds.exchange = ExchangeSeconds(wire, cluster);
  // Requests, candidates, their gradients and the loss; ids, rows and their gradients.
  const double collectives = 4 + SumsOf(layout, sizes) + (sizes.sharded() ? 3 : 0);
  seconds.latency = collectives * cluster.latency_seconds;
  return seconds;
}

std::size_t Smallest(const std::vector<ShardingPlan>& choices) {
  const auto least =
      std::ranges::min_element(choices, {}, [](const ShardingPlan& choice) { return choice.memory.Total(); });
  return static_cast<std::size_t>(least - choices.begin());
}

std::size_t Best(const std::vector<ShardingPlan>& choices) {
  std::size_t best = Smallest(choices);
  for (std::size_t c = 0; c < choices.size(); ++c) {
    const bool faster = choices[c].seconds.Total() < choices[best].seconds.Total();
    if (choices[c].fits && (!choices[best].fits || faster)) best = c;
  }
  return best;
}

std::string Milliseconds(double seconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g ms", seconds * 1e3);
  return text.data();
}

std::string ReasonOf(const std::vector<ShardingPlan>& choices, std::size_t chosen) {
  std::string reason;
  for (const ShardingPlan& choice : choices) {
    if (!reason.empty()) reason += "; ";
    reason += std::string(base::NameOf(choice.sharding)) + " needs " + BytesText(choice.memory.Total()) +
              (choice.fits ? "" : ", which does not fit,") + " and " + Milliseconds(choice.seconds.Total()) + " a step";
  }
  return std::string(base::NameOf(choices[chosen].sharding)) + ": " + reason;
}

int DevicesThatFit(const ShapeOnDevices& shape, Cluster cluster) {
  for (int devices = 2; devices <= kMostDevices; devices *= 2) {
    cluster.devices = devices;
    if (PlanSharding(shape(devices), cluster, Sharding::kSharded).fits) return devices;
  }
  return 0;
}

}  // namespace

double MemoryUse::Total() const {
  double total = dense + activations;
  for (const TableMemory& table : tables) total += table.parameters + table.optimizer;
  return total;
}

double WireBytes::Total() const {
  return requests + ids + rows + row_gradients + candidates + candidate_gradients + reduced;
}

ShardingPlan PlanSharding(const JobShape& job, const Cluster& cluster, Sharding sharding) {
  const Sizes sizes(job, cluster, sharding);
  ShardingPlan plan;
  plan.sharding = sharding;
  plan.memory = MemoryOf(job, sizes);
  if (cluster.devices > 1) plan.wire = WireOf(sizes);
  plan.seconds = SecondsOf(job, cluster, sizes, plan.wire);
  plan.fits = cluster.memory_bytes == 0 || plan.memory.Total() <= cluster.memory_bytes;
  return plan;
}

Plan MakePlan(const ShapeOnDevices& shape, const Cluster& cluster) {
  const JobShape job = shape(cluster.devices);
  Plan plan;
  for (const Sharding sharding : {Sharding::kReplicated, Sharding::kSharded, Sharding::kHybrid}) {
    const bool allowed = job.train.sharding == Sharding::kAuto || job.train.sharding == sharding;
    const bool possible = cluster.devices > 1 || sharding == Sharding::kReplicated;
    if (possible && (allowed || cluster.devices == 1)) plan.choices.push_back(PlanSharding(job, cluster, sharding));
  }
  plan.chosen = Best(plan.choices);
  plan.reason = ReasonOf(plan.choices, plan.chosen);
  if (!plan.choice().fits) plan.devices_that_fit = DevicesThatFit(shape, cluster);
  return plan;
}

void RequireThatItFits(const Plan& plan, const Cluster& cluster) {
  if (plan.choice().fits) return;
  const std::string fewest = plan.devices_that_fit > 0 ? "with train.sharding: sharded it fits on " +
                                                             std::to_string(plan.devices_that_fit) + " devices; else "
                                                       : std::string();
  throw Error(Code::kResourceExhausted,
              "training needs " + BytesText(plan.choice().memory.Total()) + " on each of " +
                  std::to_string(cluster.devices) + " device(s) of " + BytesText(cluster.memory_bytes) + "; " + fewest +
                  "choose a smaller model.dimension, train.optimizer.embeddings: rowwise_adagrad, no "
                  "train.weight_average_decay, or a smaller train.batch_size");
}

std::string BytesText(double bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < kUnits.size(); ++unit) bytes /= 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.3g %s", bytes, kUnits[unit]);
  return text.data();
}

}  // namespace shortlist::train
