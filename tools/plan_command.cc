#include <iostream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/settings_kind.h"
#include "commands.h"
#include "job.h"
#include "quantity.h"
#include "report.h"
#include "train/machine_rates.h"
#include "train/plan.h"
#include "train/step_reads.h"
#include "train/training_data.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

using Json = nlohmann::ordered_json;
using train::BytesText;
using train::ShardingPlan;

void Take(const std::string& text, double& value) {
  if (!text.empty()) value = ParseQuantity(text);
}

train::Cluster ClusterOf(const PlanCommand& command, const Settings& settings, Job& job) {
  train::Cluster cluster;
  if (command.measure) {
    job.JoinDevices(settings.train.communication);
    cluster = train::MeasureRates(cluster, job.communicator(), job.backend());
  }
  cluster.devices = command.devices > 0 ? command.devices : job.communicator().size();
  cluster.devices_per_host = command.devices_per_host;
  cluster.memory_bytes = settings.train.memory_gb * 1e9;
  Take(command.memory, cluster.memory_bytes);
  Take(command.link, cluster.link_rate);
  Take(command.network, cluster.network_rate);
  Take(command.compute, cluster.compute_rate);
  Take(command.memory_rate, cluster.memory_rate);
  return cluster;
}

// A job whose dataset nobody has.
train::JobShape ExpectedShape(const PlanCommand& command, const Settings& settings, int devices) {
  train::JobShape job;
  job.spec.settings = settings.model;
  job.spec.items = static_cast<std::int64_t>(ParseQuantity(command.items));
  job.train = settings.train;
  job.candidates = train::CandidatesOfStep(settings.train, job.spec.items);
  const double history = command.history > 0 ? command.history : static_cast<double>(settings.model.history.max_length);
  const auto negatives = static_cast<double>(job.candidates - settings.train.batch_size);
  job.reads = train::ExpectReads(job.spec, static_cast<double>(settings.train.batch_size), history, negatives, devices);
  return job;
}

// The dataset of the settings, and what training reads of it.
struct PreparedData {
  explicit PreparedData(const Settings& settings) : dataset(OpenDataset(settings)), training(settings, dataset, {}) {}

  data::Dataset dataset;
  train::TrainingData training;
};

train::ShapeOnDevices ShapesOf(const PlanCommand& command, const Settings& settings) {
  if (!command.items.empty()) return [&](int devices) { return ExpectedShape(command, settings, devices); };
  const auto prepared = std::make_shared<PreparedData>(settings);
  return [prepared](int devices) { return prepared->training.Measure(devices); };
}

std::string Line(const std::string& name, const std::string& value) {
  return fmt::format("  {:<44}{:>12}\n", name, value);
}

std::string MemoryText(const ShardingPlan& plan) {
  std::string text;
  for (const train::TableMemory& table : plan.memory.tables) {
    const std::string where = table.sharded ? fmt::format("sharded, {} rows everywhere", Grouped(table.replicated_rows))
                                            : std::string("replicated");
    text += fmt::format("  {}, {} rows, {}\n", table.name, Grouped(table.rows), where);
    text += Line("  parameters", BytesText(table.parameters));
    text += Line("  optimizer state", BytesText(table.optimizer));
  }
  text += Line("dense parameters, gradients and state", BytesText(plan.memory.dense));
  text += Line("activations of a step", BytesText(plan.memory.activations));
  return text + Line("memory of a device", BytesText(plan.memory.Total()));
}

std::string WireText(const train::WireBytes& wire) {
  return Line("requests for rows", BytesText(wire.requests)) + Line("ids", BytesText(wire.ids)) +
         Line("rows", BytesText(wire.rows)) + Line("gradients of rows", BytesText(wire.row_gradients)) +
         Line("candidates", BytesText(wire.candidates)) +
         Line("gradients of candidates", BytesText(wire.candidate_gradients)) +
         Line("sums: dense gradients, replicated rows", BytesText(wire.reduced)) +
         Line("sent by a device in a step", BytesText(wire.Total()));
}

std::string Milliseconds(double seconds) {
  return fmt::format("{:.3g} ms", seconds * 1e3);
}

std::string SecondsText(const train::StepSeconds& seconds) {
  return Line("compute", Milliseconds(seconds.compute)) + Line("memory", Milliseconds(seconds.memory)) +
         Line("exchange", Milliseconds(seconds.exchange)) + Line("latency", Milliseconds(seconds.latency)) +
         Line("a step, if nothing overlaps", Milliseconds(seconds.Total()));
}

std::string Text(const train::Plan& plan, const train::Cluster& cluster) {
  const ShardingPlan& choice = plan.choice();
  const std::string limit = cluster.memory_bytes > 0 ? " of " + BytesText(cluster.memory_bytes) : std::string();
  return fmt::format("{} devices{} on {} hosts: {}\n", Grouped(cluster.devices), limit, Grouped(cluster.hosts()),
                     base::NameOf(choice.sharding)) +
         MemoryText(choice) + WireText(choice.wire) + SecondsText(choice.seconds) + "because " + plan.reason + "\n";
}

Json JsonOf(const ShardingPlan& plan) {
  Json tables = Json::array();
  for (const train::TableMemory& table : plan.memory.tables) {
    tables.push_back({{"name", table.name},
                      {"rows", table.rows},
                      {"sharded", table.sharded},
                      {"replicated_rows", table.replicated_rows},
                      {"parameter_bytes", table.parameters},
                      {"optimizer_bytes", table.optimizer}});
  }
  const train::WireBytes& wire = plan.wire;
  const train::StepSeconds& seconds = plan.seconds;
  return {{"sharding", base::NameOf(plan.sharding)},
          {"fits", plan.fits},
          {"memory",
           {{"tables", tables},
            {"dense_bytes", plan.memory.dense},
            {"activation_bytes", plan.memory.activations},
            {"total_bytes", plan.memory.Total()}}},
          {"sent_bytes_per_step",
           {{"requests", wire.requests},
            {"ids", wire.ids},
            {"rows", wire.rows},
            {"row_gradients", wire.row_gradients},
            {"candidates", wire.candidates},
            {"candidate_gradients", wire.candidate_gradients},
            {"sums", wire.reduced},
            {"total", wire.Total()}}},
          {"seconds_per_step",
           {{"compute", seconds.compute},
            {"memory", seconds.memory},
            {"exchange", seconds.exchange},
            {"latency", seconds.latency},
            {"total", seconds.Total()}}}};
}

std::string JsonText(const train::Plan& plan, const train::Cluster& cluster) {
  Json choices = Json::array();
  for (const ShardingPlan& choice : plan.choices) choices.push_back(JsonOf(choice));
  return Json{{"devices", cluster.devices},
              {"devices_per_host", cluster.devices_per_host},
              {"memory_bytes", cluster.memory_bytes},
              {"link_rate", cluster.link_rate},
              {"network_rate", cluster.network_rate},
              {"memory_rate", cluster.memory_rate},
              {"compute_rate", cluster.compute_rate},
              {"latency_seconds", cluster.latency_seconds},
              {"chosen", base::NameOf(plan.choice().sharding)},
              {"reason", plan.reason},
              {"devices_that_fit", plan.devices_that_fit},
              {"choices", choices}}
             .dump(2) +
         "\n";
}

}  // namespace

void Execute(const PlanCommand& command) {
  const Settings settings = Load(command.configuration);
  Job job(settings);
  const train::Cluster cluster = ClusterOf(command, settings, job);
  if (!job.leads()) return;
  const train::Plan plan = train::MakePlan(ShapesOf(command, settings), cluster);
  WriteResult(command.json, JsonText(plan, cluster));
  std::cout << Text(plan, cluster);
  train::RequireThatItFits(plan, cluster);
}

}  // namespace shortlist::tools
