#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "serve/grpc_admin_service.h"
#include "serve/grpc_call.h"
#include "serve/grpc_listener.h"
#include "serve/grpc_service.h"
#include "serve/retrieval.h"
#include "serve/server.h"
#include "serve/snapshot.h"
#include "serve/workers.h"

namespace shortlist::serve {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMostWaitingPerThread = 256;

// What connections without a call get to hear that the server leaves; they may hold it up no longer.
constexpr std::chrono::milliseconds kFarewell(200);

// What every call of a shopper passes, in this order.
std::vector<std::unique_ptr<CallFilter>> ShopperFilters() {
  return {};
}

// The same for calls of those who run the server.
std::vector<std::unique_ptr<CallFilter>> AdminFilters() {
  return {};
}

GrpcListener::Options ListenerOptions(const ServeSettings& settings) {
  GrpcListener::Options options;
  options.credentials = grpc::InsecureServerCredentials();
  options.connections = settings.connections;
  options.max_message_bytes = settings.limits.max_message_bytes;
  return options;
}

}  // namespace

struct Server::State {
  State(const ServeSettings& given, std::shared_ptr<const ServingSnapshot> snapshot)
      : settings(given),
        retrieval(settings.limits, std::move(snapshot)),
        shoppers(ShopperFilters()),
        admins(AdminFilters()),
        workers(static_cast<std::size_t>(settings.threads),
                static_cast<std::size_t>(settings.threads) * kMostWaitingPerThread),
        admin_worker(1, kMostWaitingPerThread),
        service(retrieval, {shoppers, workers}),
        admin_service(retrieval, shoppers, {admins, admin_worker}) {}

  void ListenForAdmins() {
    if (settings.admin.address.empty()) return;
    GrpcListener::Options options = ListenerOptions(settings);
    options.address = settings.admin.address;
    options.setting = "serve.admin.address";
    options.services = {&admin_service};
    admin_listener = std::make_unique<GrpcListener>(options);
  }

  void ListenForShoppers() {
    GrpcListener::Options options = ListenerOptions(settings);
    options.address = settings.address;
    options.setting = "serve.address";
    options.services = {&service};
    listener = std::make_unique<GrpcListener>(options);
  }

  void ReportServing() const {
    for (const std::string& name : {std::string(), std::string(v1::Retrieval::service_full_name())}) {
      listener->SetServing(name, true);
    }
  }

  ServeSettings settings;
  RetrievalService retrieval;
  CallPath shoppers;
  CallPath admins;
  Workers workers;
  Workers admin_worker;
  GrpcService service;
  GrpcAdminService admin_service;
  // Last, so that calls end before what they use.
  std::unique_ptr<GrpcListener> admin_listener;
  std::unique_ptr<GrpcListener> listener;
};

std::unique_ptr<Server> Server::Start(const ServeSettings& settings, const std::filesystem::path& bundle_directory) {
  auto state = std::make_unique<State>(settings, ServingSnapshot::Load(bundle_directory));
  state->ListenForAdmins();
  state->ListenForShoppers();
  state->ReportServing();
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {
  base::LogInfo("serving bundle " + bundle_version() + " on " + address());
  if (state_->admin_listener != nullptr) base::LogInfo("admin service on " + admin_address());
}

Server::~Server() {
  Shutdown();
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

std::string Server::bundle_version() const {
  return std::string(state_->retrieval.snapshot()->bundle().version());
}

void Server::Shutdown() {
  if (state_->listener == nullptr) return;
  const ShutdownSettings& shutdown = state_->settings.shutdown;
  state_->listener->StopServing();
  std::this_thread::sleep_for(seconds(shutdown.lame_duck_seconds));
  base::LogInfo("shutting down; calls under way have " + std::to_string(shutdown.drain_seconds) + " s");
  state_->shoppers.Close();
  state_->shoppers.WaitUntilIdle(seconds(shutdown.drain_seconds));
  state_->listener->Shutdown(kFarewell);
  state_->listener.reset();
  if (state_->admin_listener != nullptr) state_->admin_listener->Shutdown(kFarewell);
  state_->admin_listener.reset();
}

}  // namespace shortlist::serve
