// How bundles are served.
#pragma once

#include <cstdint>
#include <string>

#include "shortlist/settings/evaluate.h"
#include "shortlist/settings/field.h"
#include "shortlist/settings/serve_admin.h"
#include "shortlist/settings/serve_catalog.h"
#include "shortlist/settings/serve_connections.h"
#include "shortlist/settings/serve_decisions.h"
#include "shortlist/settings/serve_events.h"
#include "shortlist/settings/serve_health.h"
#include "shortlist/settings/serve_limits.h"
#include "shortlist/settings/serve_metrics.h"
#include "shortlist/settings/serve_overload.h"
#include "shortlist/settings/serve_security.h"
#include "shortlist/settings/serve_shutdown.h"
#include "shortlist/settings/serve_versions.h"

namespace shortlist {

struct ServeSettings {
  std::string address = "127.0.0.1:50051";
  std::int64_t threads = 0;
  SeenRule seen = SeenRule::kMask;
  LimitSettings limits;
  VersionSettings versions;
  OverloadSettings overload;
  ConnectionSettings connections;
  ShutdownSettings shutdown;
  AdminSettings admin;
  HealthSettings health;
  LiveCatalogSettings catalog;
  LiveEventSettings events;
  DecisionSettings decisions;
  SecuritySettings security;
  MetricsSettings metrics;
  AccessLogSettings access_log;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("address", address, "Host and port to listen on; port 0 takes a free one and prints it.");
    visit(
        "threads", threads,
        "Threads that answer calls which arrive while others are being answered; 0 for one per core. A call that finds "
        "the server idle is answered where it arrives.",
        Bounds{0, 4096});
    visit("seen", seen,
          "What a request without a policy of its own gets: `mask` leaves out the items of the shopper's history, "
          "`allow` lets repeat purchases in.");
    visit("limits", limits, "What one request may ask for.");
    visit("versions", versions, "Which versions of the model are served.");
    visit("overload", overload, "What happens when more is asked than can be answered.");
    visit("connections", connections, "How long connections live.");
    visit("shutdown", shutdown, "How the server leaves.");
    visit("admin", admin, "The port of those who run the server.");
    visit("health", health, "The port of those who ask whether the server is well.");
    visit("catalog", catalog, "Items that are added, changed or withdrawn while the server runs.");
    visit("events", events, "What shoppers do while the server runs.");
    visit("decisions", decisions, "The record of what was shown to whom.");
    visit("security", security, "Who may call, and encryption.");
    visit("metrics", metrics, "Metrics for Prometheus.");
    visit("access_log", access_log, "Calls in the log.");
  }
};

}  // namespace shortlist
