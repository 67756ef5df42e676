#include "loadtest/load_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace shortlist::tools {
namespace {

// Later than this, latencies say more about the client's machine than about the server.
constexpr std::chrono::milliseconds kLateSender(5);

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string LoadText(const LoadPlan& plan) {
  if (plan.rate == 0) return fmt::format("{} callers", plan.concurrency);
  const char* arrivals = plan.arrivals == ArrivalKind::kPoisson ? "Poisson" : "evenly spaced";
  return fmt::format("{} arrivals of {:.6g} calls/s", arrivals, plan.rate);
}

std::string ServersText(const LoadPlan& plan) {
  std::string text;
  for (const std::string& address : plan.addresses) text += (text.empty() ? "" : ", ") + address;
  return text;
}

std::string CodesText(const LoadReport& report) {
  std::string text;
  for (const auto& [code, calls] : report.calls_by_code) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", calls, code);
  }
  return text.empty() ? "none" : text;
}

std::string LatenciesText(const LoadReport& report) {
  std::string text = "mean " + LatencyText(report.mean_latency);
  for (const auto& quantile : report.latencies)
    text += fmt::format(", {} {}", quantile.name, LatencyText(quantile.latency));
  return text;
}

std::string ShoppersText(const LoadPlan& plan, const LoadReport& report) {
  if (plan.batch == 1) return "";
  return fmt::format(" ({:.1f} shoppers/s, {} per call)", report.answered_rate * static_cast<double>(plan.batch),
                     plan.batch);
}

std::string LateText(const LoadReport& report) {
  if (report.send_lag < kLateSender) return "";
  return "; calls were sent late, because the client's machine or --concurrency is the limit";
}

}  // namespace

std::string LatencyText(std::chrono::nanoseconds latency) {
  const double seconds = Seconds(latency);
  if (seconds >= 1) return fmt::format("{:.3g} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.3g} ms", 1e3 * seconds);
  return fmt::format("{:.3g} us", 1e6 * seconds);
}

std::string Text(const LoadPlan& plan, const LoadReport& report) {
  return fmt::format("load      {} for {:.1f} s on {}\n", LoadText(plan), report.seconds, ServersText(plan)) +
         fmt::format("calls     {}\n", CodesText(report)) +
         fmt::format("rate      {:.1f} calls/s offered, {:.1f} answered{}\n", report.offered_rate, report.answered_rate,
                     ShoppersText(plan, report)) +
         fmt::format("latency   {}\n", LatenciesText(report)) +
         fmt::format("send lag  p99 {}{}\n", LatencyText(report.send_lag), LateText(report)) +
         fmt::format("client    {:.1f} us of CPU per call\n", report.client_microseconds);
}

std::string Json(const LoadPlan& plan, const LoadReport& report) {
  nlohmann::ordered_json latencies = {{"mean", Seconds(report.mean_latency)}};
  for (const auto& quantile : report.latencies) latencies[quantile.name] = Seconds(quantile.latency);
  return nlohmann::ordered_json{{"addresses", plan.addresses},
                                {"batch", plan.batch},
                                {"concurrency", plan.concurrency},
                                {"seconds", report.seconds},
                                {"calls_by_code", report.calls_by_code},
                                {"offered_calls_per_second", report.offered_rate},
                                {"answered_calls_per_second", report.answered_rate},
                                {"latency_seconds", latencies},
                                {"send_lag_p99_seconds", Seconds(report.send_lag)},
                                {"client_cpu_seconds_per_call", 1e-6 * report.client_microseconds}}
             .dump(2) +
         "\n";
}

}  // namespace shortlist::tools
