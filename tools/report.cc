#include "report.h"

#include <cmath>
#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace shortlist::tools {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string CountLine(std::string_view name, std::int64_t count) {
  return fmt::format("{:<36} {:>15}\n", name, Grouped(count));
}

std::string_view ReasonName(train::StopReason reason) {
  switch (reason) {
    case train::StopReason::kCompleted:
      return "completed";
    case train::StopReason::kEarlyStop:
      return "early_stop";
    case train::StopReason::kMaxSteps:
      return "max_steps";
    case train::StopReason::kSignal:
      return "signal";
  }
  return "";
}

// JSON has no NaN.
OrderedJson Finite(double value) {
  return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
}

std::string MetricText(double value) {
  return std::isfinite(value) ? fmt::format("{:.4f}", value) : "-";
}

}  // namespace

std::string Grouped(std::int64_t value) {
  std::string digits = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t place = digits.size(); place > first + 3;) digits.insert(place -= 3, ",");
  return digits;
}

std::string Text(const data::PrepareReport& report) {
  std::string text = CountLine("rows read", report.read);
  for (const auto& [rule, count] : report.filtered) text += CountLine("  dropped by " + rule, count);
  text += CountLine("  quarantined", report.quarantined);
  text += CountLine("events kept", report.kept);
  text += CountLine("shoppers", report.users);
  text += CountLine("items", report.items);
  text += CountLine("training events", report.train_events);
  text += CountLine("validation events", report.validation_events);
  text += CountLine("test events", report.test_events);
  return text;
}

std::string Text(const train::TrainReport& report) {
  if (report.steps == 0 && report.epochs.empty()) {
    return fmt::format("solved for in {:.1f} s; validation {}\n", report.seconds, MetricText(report.best_metric));
  }
  std::string text = fmt::format("{:>5}  {:>9}  {:>12}  {:>10}\n", "epoch", "loss", "examples/s", "validation");
  for (const train::EpochReport& epoch : report.epochs) {
    text += fmt::format("{:>5}  {:>9.4f}  {:>12}  {:>10}\n", epoch.epoch + 1, epoch.loss,
                        Grouped(std::llround(epoch.examples_per_second)), MetricText(epoch.validation_metric));
  }
  text += fmt::format("stopped: {} after {} steps; best epoch {} ({})\n", ReasonName(report.reason),
                      Grouped(report.steps), report.best_epoch + 1, MetricText(report.best_metric));
  return text;
}

std::string Json(const data::PrepareReport& report) {
  OrderedJson filtered = OrderedJson::object();
  for (const auto& [rule, count] : report.filtered) filtered[rule] = count;
  return OrderedJson{{"read", report.read},
                     {"kept", report.kept},
                     {"quarantined", report.quarantined},
                     {"filtered", filtered},
                     {"users", report.users},
                     {"items", report.items},
                     {"train_events", report.train_events},
                     {"validation_events", report.validation_events},
                     {"test_events", report.test_events},
                     {"seconds", report.seconds}}
             .dump(2) +
         "\n";
}

std::string Json(const train::TrainReport& report) {
  OrderedJson epochs = OrderedJson::array();
  for (const train::EpochReport& epoch : report.epochs) {
    epochs.push_back({{"epoch", epoch.epoch + 1},
                      {"loss", Finite(epoch.loss)},
                      {"examples_per_second", Finite(epoch.examples_per_second)},
                      {"cpu_seconds", epoch.cpu_seconds},
                      {"validation_metric", Finite(epoch.validation_metric)}});
  }
  return OrderedJson{{"stopped", ReasonName(report.reason)},
                     {"steps", report.steps},
                     {"best_epoch", report.best_epoch + 1},
                     {"best_metric", Finite(report.best_metric)},
                     {"seconds", report.seconds},
                     {"expected_memory_bytes", report.expected_memory_bytes},
                     {"epochs", epochs}}
             .dump(2) +
         "\n";
}

void WriteResult(const std::filesystem::path& path, const std::string& json) {
  if (!path.empty()) base::WriteFileAtomically(path, json);
}

}  // namespace shortlist::tools
