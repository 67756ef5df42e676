#include "loadtest_options.h"

#include <chrono>
#include <cmath>

#include <CLI/CLI.hpp>

namespace shortlist::tools {
namespace {

std::chrono::milliseconds Milliseconds(double seconds) {
  return std::chrono::milliseconds(std::llround(1e3 * seconds));
}

void AddArrivals(CLI::App& command, LoadtestOptions& options) {
  LoadPlan& plan = options.command.plan;
  command
      .add_option("--rate", plan.rate,
                  "Calls per second, sent whether or not earlier ones are answered; without it, --concurrency "
                  "callers each wait for an answer before they call again.")
      ->check(CLI::PositiveNumber);
  command.add_option("--arrivals", options.arrivals, "Times between calls of a given --rate.")
      ->check(CLI::IsMember({"poisson", "constant"}))
      ->capture_default_str();
  command.add_option("--concurrency", plan.concurrency, "Most calls under way; above it, calls are sent late.")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command.add_option("--connections", plan.connections, "Connections to each address.")
      ->check(CLI::Range(1, 1 << 16))
      ->capture_default_str();
}

void AddTiming(CLI::App& command, LoadtestOptions& options) {
  command.add_option("--duration", options.duration_seconds, "Seconds that are measured.")
      ->check(CLI::Range(.1, 1e6))
      ->capture_default_str();
  command.add_option("--warm-up", options.warm_up_seconds, "Seconds before them that are not.")
      ->check(CLI::Range(0., 1e6))
      ->capture_default_str();
  command
      .add_option("--deadline", options.deadline_milliseconds,
                  "Milliseconds that a call may take from the time at which it was meant to be sent.")
      ->check(CLI::Range(1, 3'600'000))
      ->capture_default_str();
  command
      .add_option("--attempts", options.command.plan.attempts,
                  "Times that a call may be sent within its deadline, the next time to another server.")
      ->check(CLI::Range(1, 5))
      ->capture_default_str();
}

void AddRequests(CLI::App& command, LoadtestOptions& options) {
  LoadtestCommand& made = options.command;
  LoadPlan& plan = made.plan;
  command.add_option("--batch", plan.batch, "Shoppers per call; above 1, calls are RecommendBatch.")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("-k", plan.k, "Length of the answers.")->capture_default_str();
  command.add_option("--seed", plan.seed, "Of arrivals and of the choice of shoppers.")->capture_default_str();
  CLI::Option* bundle =
      command.add_option("--bundle", made.bundle, "Bundle whose shoppers ask; default: unknown visitors.")
          ->check(CLI::ExistingDirectory);
  command.add_option("--users", made.users, "File with the ids of the shoppers who ask, one per line.")
      ->check(CLI::ExistingFile)
      ->excludes(bundle);
}

}  // namespace

void AddLoadOptions(CLI::App& command, LoadtestOptions& options) {
  AddArrivals(command, options);
  AddTiming(command, options);
  AddRequests(command, options);
}

LoadtestCommand MakeLoadtest(const LoadtestOptions& options) {
  LoadtestCommand command = options.command;
  LoadPlan& plan = command.plan;
  if (plan.addresses.empty()) plan.addresses = {"127.0.0.1:50051"};
  plan.arrivals = options.arrivals == "poisson" ? ArrivalKind::kPoisson : ArrivalKind::kConstant;
  plan.warm_up = Milliseconds(options.warm_up_seconds);
  plan.duration = Milliseconds(options.duration_seconds);
  plan.deadline = std::chrono::milliseconds(options.deadline_milliseconds);
  return command;
}

}  // namespace shortlist::tools
