// What one call pays for being counted, timed, identified and authorized.
#include <filesystem>
#include <string>

#include <benchmark/benchmark.h>

#include "base/file.h"
#include "base/secret_key.h"
#include "security/authorizer.h"
#include "telemetry/pseudonym.h"
#include "telemetry/request_identity.h"
#include "telemetry/serving_metrics.h"

namespace shortlist {
namespace {

// All that is observed of one Recommend.
void ObserveCall(benchmark::State& state) {
  static telemetry::ServingMetrics metrics;
  for ([[maybe_unused]] auto _ : state) {
    metrics.Arrived();
    metrics.Waited(1e-5);
    metrics.Encoded(2e-5);
    metrics.Searched(1e-4);
    metrics.Finished(telemetry::FindMethod("shortlist.v1.Retrieval/Recommend"), 0, 2e-4);
  }
}
BENCHMARK(ObserveCall)->Threads(1)->Threads(2)->Threads(4);

void MakeRequestId(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(telemetry::MakeRequestId());
}
BENCHMARK(MakeRequestId);

void ParseTraceparent(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(telemetry::ParseTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
  }
}
BENCHMARK(ParseTraceparent);

void MakePseudonym(benchmark::State& state) {
  const telemetry::Pseudonyms pseudonyms(base::SecretKey("a key of at least sixteen bytes"));
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(pseudonyms.Of("user-42"));
}
BENCHMARK(MakePseudonym);

// A call with a token, among as many clients.
void Authorize(benchmark::State& state) {
  std::string entries;
  for (int client = 0; client < state.range(0); ++client) {
    const std::string token = "token-" + std::to_string(client);
    entries += (client == 0 ? "" : ",") + std::string(R"({"name": "c", "scopes": ["read"], "token_sha256": ")") +
               base::Sha256(std::string_view(token)) + "\"}";
  }
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "telemetry_benchmark.clients.json";
  base::WriteFileAtomically(path, R"({"clients": [)" + entries + "]}");
  const security::Authorizer authorizer(path);
  const security::Evidence evidence{"Bearer token-0", {}};
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(authorizer.Refusal("/shortlist.v1.Retrieval/Recommend", evidence));
  }
  std::filesystem::remove(path);
}
BENCHMARK(Authorize)->Arg(1)->Arg(100);

}  // namespace
}  // namespace shortlist
