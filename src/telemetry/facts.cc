#include "telemetry/facts.h"

#include <ctime>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>
#include <utility>
#include <vector>

#include "telemetry/families.h"

namespace shortlist::telemetry {
namespace {

using prometheus::MetricFamily;

MetricFamily Gauges(const std::string& name, const std::string& help) {
  return {name, help, prometheus::MetricType::Gauge, {}};
}

void AddBundles(const std::vector<BundleFacts>& bundles, std::vector<MetricFamily>& families) {
  MetricFamily info = Gauges("shortlist_bundle_info", "The bundles that answer, and the kind of their item indexes.");
  MetricFamily items = Gauges("shortlist_bundle_items", "Items of such a bundle.");
  MetricFamily users = Gauges("shortlist_bundle_users", "Shoppers of such a bundle.");
  MetricFamily created =
      Gauges("shortlist_bundle_created_timestamp_seconds", "When such a bundle was made, in Unix time.");
  for (const BundleFacts& bundle : bundles) {
    AddSeries(info, 1, {{"role", bundle.role}, {"version", bundle.version}, {"kind", bundle.kind}});
    AddSeries(items, static_cast<double>(bundle.items), {{"role", bundle.role}});
    AddSeries(users, static_cast<double>(bundle.users), {{"role", bundle.role}});
    const std::int64_t made = TimeOfVersion(bundle.version);
    if (made != 0) AddSeries(created, static_cast<double>(made), {{"role", bundle.role}});
  }
  for (MetricFamily* family : {&info, &items, &users, &created}) families.push_back(std::move(*family));
}

void AddVersions(const VersionFacts& versions, std::vector<MetricFamily>& families) {
  MetricFamily counts{"shortlist_model_versions_total",
                      "Versions that were loaded, refused, or freed after their last answer.",
                      prometheus::MetricType::Counter,
                      {}};
  AddSeries(counts, static_cast<double>(versions.loaded), {{"result", "loaded"}});
  AddSeries(counts, static_cast<double>(versions.refused), {{"result", "refused"}});
  AddSeries(counts, static_cast<double>(versions.freed), {{"result", "freed"}});
  families.push_back(std::move(counts));
}

void AddCatalog(const CatalogFacts& catalog, std::vector<MetricFamily>& families) {
  MetricFamily items = Gauges("shortlist_catalog_items", "Items that differ from those of the bundle loaded last.");
  AddSeries(items, static_cast<double>(catalog.added), {{"change", "added"}});
  AddSeries(items, static_cast<double>(catalog.changed), {{"change", "changed"}});
  AddSeries(items, static_cast<double>(catalog.withdrawn), {{"change", "withdrawn"}});
  families.push_back(std::move(items));
}

void AddRetention(const RetentionFacts& retention, std::vector<MetricFamily>& families) {
  if (retention.checked == 0) return;
  MetricFamily removed{"shortlist_events_removed_total",
                       "Events of shoppers that were removed because they were older than their kind is kept.",
                       prometheus::MetricType::Counter,
                       {}};
  AddSeries(removed, static_cast<double>(retention.lake_rows), {{"place", "lake"}});
  AddSeries(removed, static_cast<double>(retention.profile_events), {{"place", "profiles"}});
  families.push_back(std::move(removed));
  families.push_back(GaugeFamily("shortlist_retention_checked_timestamp_seconds",
                                 "When events that are too old were looked for last, in Unix time.",
                                 static_cast<double>(retention.checked)));
}

void AddSecurity(const SecurityFacts& security, std::vector<MetricFamily>& families) {
  MetricFamily reloads{"shortlist_security_reloads_total",
                       "New certificates, keys and client lists that were taken, or refused as unsound.",
                       prometheus::MetricType::Counter,
                       {}};
  AddSeries(reloads, static_cast<double>(security.reloads), {{"result", "taken"}});
  AddSeries(reloads, static_cast<double>(security.refused_reloads), {{"result", "refused"}});
  families.push_back(std::move(reloads));
  MetricFamily callers{"shortlist_unauthorized_requests_total",
                       "Calls that were refused before their message was read, by status code.",
                       prometheus::MetricType::Counter,
                       {}};
  AddSeries(callers, static_cast<double>(security.unauthenticated_calls), {{"code", "UNAUTHENTICATED"}});
  AddSeries(callers, static_cast<double>(security.denied_calls), {{"code", "PERMISSION_DENIED"}});
  families.push_back(std::move(callers));
  if (security.certificate_expires == 0) return;
  families.push_back(GaugeFamily("shortlist_certificate_expiry_timestamp_seconds",
                                 "When the server's certificate, or one above it, expires, in Unix time.",
                                 static_cast<double>(security.certificate_expires)));
}

class FactsCollector final : public prometheus::Collectable {
 public:
  explicit FactsCollector(std::function<Facts()> facts) : facts_(std::move(facts)) {}

  std::vector<MetricFamily> Collect() const override {
    const Facts facts = facts_();
    std::vector<MetricFamily> families;
    AddBundles(facts.bundles, families);
    AddVersions(facts.versions, families);
    AddCatalog(facts.catalog, families);
    AddRetention(facts.retention, families);
    AddSecurity(facts.security, families);
    return families;
  }

 private:
  std::function<Facts()> facts_;
};

}  // namespace

std::shared_ptr<prometheus::Collectable> CollectFacts(std::function<Facts()> facts) {
  return std::make_shared<FactsCollector>(std::move(facts));
}

std::int64_t TimeOfVersion(const std::string& version) {
  std::tm fields{};
  const char* end = strptime(version.c_str(), "%Y%m%dT%H%M%SZ", &fields);
  return end == nullptr ? 0 : timegm(&fields);
}

}  // namespace shortlist::telemetry
