#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/periodic.h"
#include "base/settings_kind.h"
#include "profile/live_profiles.h"
#include "security/gatekeeper.h"
#include "serve/answer_telemetry.h"
#include "serve/decision_recorder.h"
#include "serve/grpc_admin_service.h"
#include "serve/grpc_call.h"
#include "serve/grpc_catalog_service.h"
#include "serve/grpc_client_filter.h"
#include "serve/grpc_credentials.h"
#include "serve/grpc_events_service.h"
#include "serve/grpc_health.h"
#include "serve/grpc_listener.h"
#include "serve/grpc_locks.h"
#include "serve/grpc_log.h"
#include "serve/grpc_overload.h"
#include "serve/grpc_service.h"
#include "serve/grpc_telemetry.h"
#include "serve/live_catalog.h"
#include "serve/model_directory.h"
#include "serve/model_versions.h"
#include "serve/recall_canary.h"
#include "serve/retrieval.h"
#include "serve/server.h"
#include "serve/settings_check.h"
#include "serve/version_watch.h"
#include "serve/workers.h"
#include "telemetry/facts.h"
#include "telemetry/metrics_endpoint.h"
#include "telemetry/process_metrics.h"
#include "telemetry/serving_metrics.h"

namespace shortlist::serve {
namespace {

using std::chrono::seconds;
using Filters = std::vector<std::unique_ptr<CallFilter>>;

constexpr std::string_view kShopperField = "serve.address";
constexpr std::string_view kAdminField = "serve.admin.address";

// What connections without a call get to hear that the server leaves; they may hold it up no longer.
constexpr std::chrono::milliseconds kFarewell(200);

// Decisions that a kill may lose.
constexpr std::chrono::milliseconds kBetweenDecisionFlushes(200);

// gRPC 1.51 reads and writes on half as many threads as there are cores, 2 to 16. Half of those may answer calls
// themselves.
std::size_t MostDirect(std::size_t cores) {
  return std::clamp<std::size_t>(cores / 2, 2, 16) / 2;
}

WorkersOptions ShopperWorkers(const ServeSettings& settings) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const auto threads = settings.threads == 0 ? cores : static_cast<std::size_t>(settings.threads);
  return {.threads = threads,
          .most_waiting = static_cast<std::size_t>(settings.overload.max_waiting),
          .most_direct = std::min(MostDirect(cores), threads)};
}

// What every call passes first, in this order.
Filters CommonFilters(const AccessLogSettings& log, telemetry::ServingMetrics& metrics,
                      const security::Gatekeeper& gatekeeper) {
  Filters filters;
  filters.push_back(std::make_unique<TelemetryFilter>(log, metrics));
  if (gatekeeper.authorizer() != nullptr) filters.push_back(std::make_unique<ClientFilter>(gatekeeper.authorizer()));
  return filters;
}

// What every call of a shopper passes, in this order.
Filters ShopperFilters(const ServeSettings& settings, telemetry::ServingMetrics& metrics,
                       const security::Gatekeeper& gatekeeper) {
  const OverloadSettings& overload = settings.overload;
  Filters filters = CommonFilters(settings.access_log, metrics, gatekeeper);
  filters.push_back(std::make_unique<InFlightLimit>(overload));
  if (overload.quota.calls_per_second > 0) filters.push_back(std::make_unique<QuotaFilter>(overload));
  return filters;
}

// The same for calls of those who run the server, all of which are logged.
Filters AdminFilters(const ServeSettings& settings, telemetry::ServingMetrics& metrics,
                     const security::Gatekeeper& gatekeeper) {
  AccessLogSettings log = settings.access_log;
  log.fraction = 1;
  return CommonFilters(log, metrics, gatekeeper);
}

telemetry::SecurityFacts FactsOf(const security::Gatekeeper& gatekeeper) {
  telemetry::SecurityFacts facts;
  if (gatekeeper.tls() != nullptr) facts.certificate_expires = gatekeeper.tls()->expires();
  facts.reloads = gatekeeper.reloads();
  facts.refused_reloads = gatekeeper.refused_reloads();
  if (const auto authorizer = gatekeeper.authorizer()) {
    facts.unauthenticated_calls = authorizer->unauthenticated();
    facts.denied_calls = authorizer->denied();
  }
  return facts;
}

telemetry::VersionFacts FactsOf(const VersionCounts& counts) {
  return {counts.loaded, counts.refused, counts.freed};
}

telemetry::CatalogFacts FactsOf(const CatalogCounts& counts) {
  return {counts.added, counts.changed, counts.withdrawn};
}

telemetry::RetentionFacts FactsOf(const profile::LiveProfiles* profiles) {
  if (profiles == nullptr) return {};
  const profile::RemovalCounts removed = profiles->removals();
  return {static_cast<std::int64_t>(removed.rows), static_cast<std::int64_t>(removed.events), removed.at};
}

telemetry::BundleFacts FactsOf(const std::string& role, const index::Bundle& bundle) {
  return {role, std::string(bundle.version()), std::string(base::NameOf(bundle.items().kind())), bundle.item_count(),
          bundle.user_count()};
}

std::vector<telemetry::BundleFacts> FactsOf(const Traffic& traffic) {
  std::vector<telemetry::BundleFacts> bundles{FactsOf("stable", traffic.stable->bundle())};
  if (traffic.canary != nullptr) bundles.push_back(FactsOf("canary", traffic.canary->bundle()));
  return bundles;
}

GrpcListener::Options ListenerOptions(const ServeSettings& settings, const security::Gatekeeper& gatekeeper,
                                      const std::string& address, std::string_view field) {
  GrpcListener::Options options;
  options.address = address;
  options.setting = field;
  options.credentials = MakeServerCredentials(gatekeeper, address, field);
  options.describes_services = gatekeeper.describes_services();
  options.connections = settings.connections;
  options.max_message_bytes = settings.limits.max_message_bytes;
  return options;
}

// Null if the settings ask for none.
std::unique_ptr<profile::LiveProfiles> OpenProfiles(const LiveEventSettings& settings, profile::EventFiles event_files,
                                                    profile::DecisionLog* decisions) {
  if (settings.directory.empty()) return nullptr;
  return std::make_unique<profile::LiveProfiles>(settings, std::move(event_files), decisions);
}

// Also where none are written any more: those of before expire, and go with their shoppers.
std::unique_ptr<profile::DecisionLog> OpenDecisions(const ServeSettings& settings,
                                                    profile::DecisionFiles decision_files) {
  if (settings.events.directory.empty() || !decision_files.write) return nullptr;
  return std::make_unique<profile::DecisionLog>(settings.events.directory, settings.decisions,
                                                std::move(decision_files));
}

std::unique_ptr<DecisionRecorder> MakeRecorder(const DecisionSettings& settings, const profile::LiveProfiles* profiles,
                                               profile::DecisionLog* log, telemetry::ServingMetrics& metrics) {
  if (log == nullptr) return nullptr;
  return std::make_unique<DecisionRecorder>(settings, *profiles, *log, metrics);
}

// What fails is tried again the next time.
void RotateEvents(profile::LiveProfiles& profiles) {
  try {
    profiles.Rotate(base::UnixSeconds());
    profiles.EnforceRetention(base::UnixSeconds());
  } catch (const std::exception& problem) {
    base::LogError(std::string("the log of events stays as it is: ") + problem.what());
  }
}

}  // namespace

struct Server::State {
  State(const ServeSettings& given, std::unique_ptr<security::Gatekeeper> keeper,
        const std::filesystem::path& model_directory, profile::EventFiles event_files,
        profile::DecisionFiles decision_files)
      : settings(given),
        gatekeeper(std::move(keeper)),
        decisions(OpenDecisions(settings, std::move(decision_files))),
        profiles(OpenProfiles(settings.events, std::move(event_files), decisions.get())),
        recorder(MakeRecorder(settings.decisions, profiles.get(), decisions.get(), metrics)),
        retrieval(settings.limits, {}, std::make_shared<AnswerTelemetry>(metrics, canary), settings.seen,
                  profiles.get()),
        catalog(settings.catalog),
        versions(settings.versions, model_directory, retrieval, &catalog),
        shoppers(ShopperFilters(settings, metrics, *gatekeeper)),
        admins(AdminFilters(settings, metrics, *gatekeeper)),
        workers(ShopperWorkers(settings)),
        service(retrieval, {shoppers, workers, settings.overload}, recorder.get()),
        admin_service({retrieval, shoppers, versions}, admins),
        catalog_service(catalog, admins),
        events_service(profiles.get(), retrieval, shoppers, settings.overload) {
    if (profiles == nullptr) return;
    rotation.emplace(seconds(1), [this] { RotateEvents(*profiles); });
    if (recorder == nullptr) return;
    decision_writing.emplace(kBetweenDecisionFlushes, [this] { recorder->Flush(base::UnixSeconds()); });
  }

  void ListenForProbes() {
    if (settings.health.address.empty()) return;
    health.emplace(settings.health.address, settings.connections);
  }

  void ListenForAdmins() {
    if (settings.admin.address.empty()) return;
    GrpcListener::Options options = ListenerOptions(settings, *gatekeeper, settings.admin.address, kAdminField);
    options.services = {&admin_service, &catalog_service};
    admin_listener = std::make_unique<GrpcListener>(options);
  }

  void ListenForShoppers() {
    GrpcListener::Options options = ListenerOptions(settings, *gatekeeper, settings.address, kShopperField);
    options.services = {&service, &events_service};
    listener = std::make_unique<GrpcListener>(options);
  }

  // Needs a bundle in service.
  void OfferMetrics() {
    if (settings.metrics.address.empty()) return;
    const auto facts = [this] {
      return telemetry::Facts{FactsOf(retrieval.traffic()), FactsOf(*gatekeeper), FactsOf(versions.counts()),
                              FactsOf(catalog.counts()), FactsOf(profiles.get())};
    };
    endpoint = std::make_unique<telemetry::MetricsEndpoint>(
        settings.metrics.address,
        std::vector{metrics.collectable(), telemetry::CollectFacts(facts), telemetry::CollectProcess()});
    base::LogInfo("metrics on http://" + endpoint->address() + "/metrics");
  }

  void ReportServing() {
    if (health) health->Serve();
    for (const std::string& name : {std::string(), std::string(v1::Retrieval::service_full_name())}) {
      listener->SetServing(name, true);
    }
  }

  ServeSettings settings;
  std::unique_ptr<security::Gatekeeper> gatekeeper;
  telemetry::ServingMetrics metrics;
  RecallCanary canary{settings.metrics.canary, metrics};
  std::unique_ptr<profile::DecisionLog> decisions;
  std::unique_ptr<profile::LiveProfiles> profiles;
  std::unique_ptr<DecisionRecorder> recorder;
  RetrievalService retrieval;
  LiveCatalog catalog;
  ModelVersions versions;
  CallPath shoppers;
  CallPath admins;
  Workers workers;
  GrpcService service;
  GrpcAdminService admin_service;
  GrpcCatalogService catalog_service;
  GrpcEventsService events_service;
  std::optional<base::Periodic> rotation;
  std::optional<base::Periodic> decision_writing;
  std::optional<HealthPort> health;
  // Last, so that calls end before what they use.
  std::unique_ptr<GrpcListener> admin_listener;
  std::unique_ptr<GrpcListener> listener;
  std::unique_ptr<telemetry::MetricsEndpoint> endpoint;
  std::unique_ptr<VersionWatch> watch;
};

std::unique_ptr<Server> Server::Start(const ServeSettings& settings, const std::filesystem::path& model_directory,
                                      profile::EventFiles event_files, profile::DecisionFiles decision_files) {
  TakeGrpcLogs();
  StopSeekingLockCycles();
  RequireServable(settings);
  auto gatekeeper = std::make_unique<security::Gatekeeper>(settings.security);
  ListVersions(model_directory);  // one that is not there is told of before a port is taken
  auto state = std::make_unique<State>(settings, std::move(gatekeeper), model_directory, std::move(event_files),
                                       std::move(decision_files));
  state->ListenForProbes();
  state->ListenForAdmins();
  state->versions.Start();
  state->OfferMetrics();
  state->ListenForShoppers();
  state->ReportServing();
  state->watch = std::make_unique<VersionWatch>(state->versions, settings.versions.poll_seconds);
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {
  base::LogInfo("serving bundle " + bundle_version() + " on " + address());
  if (state_->admin_listener != nullptr) base::LogInfo("admin service on " + admin_address());
  if (state_->health) base::LogInfo("health on " + health_address());
}

Server::~Server() {
  Shutdown();
  CloseOthers();
}

int Server::port() const {
  return state_->listener->port();
}

std::string Server::address() const {
  return state_->listener->address();
}

std::string Server::admin_address() const {
  return state_->admin_listener == nullptr ? "" : state_->admin_listener->address();
}

std::string Server::health_address() const {
  return state_->health ? state_->health->address() : "";
}

std::string Server::metrics_address() const {
  return state_->endpoint == nullptr ? "" : state_->endpoint->address();
}

std::string Server::bundle_version() const {
  return std::string(state_->retrieval.traffic().stable->bundle().version());
}

void Server::Shutdown() {
  if (state_->listener == nullptr) return;
  const ShutdownSettings& shutdown = state_->settings.shutdown;
  state_->listener->StopServing();
  if (state_->health) state_->health->Leave();
  std::this_thread::sleep_for(seconds(shutdown.lame_duck_seconds));
  base::LogInfo("shutting down; calls under way have " + std::to_string(shutdown.drain_seconds) + " s");
  state_->shoppers.Close();
  state_->shoppers.WaitUntilIdle(seconds(shutdown.drain_seconds));
  state_->listener->Shutdown(kFarewell);
  state_->listener.reset();
  if (state_->recorder != nullptr) state_->recorder->Flush(base::UnixSeconds());
}

void Server::CloseOthers() {
  if (state_->admin_listener != nullptr) state_->admin_listener->Shutdown(kFarewell);
  if (state_->health) state_->health->Shutdown(kFarewell);
}

}  // namespace shortlist::serve
