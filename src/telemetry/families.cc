#include "telemetry/families.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_type.h>

namespace shortlist::telemetry {
namespace {

prometheus::ClientMetric Labeled(const LabelList& labels) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  return metric;
}

}  // namespace

prometheus::MetricFamily GaugeFamily(const std::string& name, const std::string& help, double value,
                                     const LabelList& labels) {
  prometheus::MetricFamily family{name, help, prometheus::MetricType::Gauge, {}};
  AddSeries(family, value, labels);
  return family;
}

prometheus::MetricFamily CounterFamily(const std::string& name, const std::string& help, double value) {
  prometheus::MetricFamily family{name, help, prometheus::MetricType::Counter, {}};
  AddSeries(family, value, {});
  return family;
}

void AddSeries(prometheus::MetricFamily& family, double value, const LabelList& labels) {
  prometheus::ClientMetric metric = Labeled(labels);
  (family.type == prometheus::MetricType::Gauge ? metric.gauge.value : metric.counter.value) = value;
  family.metric.push_back(metric);
}

}  // namespace shortlist::telemetry
