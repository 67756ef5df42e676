// What tests read from metrics, as a scraper would.
#pragma once

#include <map>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>
#include <stdexcept>
#include <string>

namespace shortlist::telemetry {

using LabelMap = std::map<std::string, std::string>;

// The one series of a name with these labels, among others; throws if there is none. Of a histogram: its count.
inline double ValueOf(const prometheus::Collectable& source, const std::string& name, const LabelMap& labels = {}) {
  for (const prometheus::MetricFamily& family : source.Collect()) {
    if (family.name != name) continue;
    for (const prometheus::ClientMetric& metric : family.metric) {
      LabelMap found;
      for (const auto& label : metric.label) found[label.name] = label.value;
      bool fits = true;
      for (const auto& [key, value] : labels) fits = fits && found[key] == value;
      if (!fits) continue;
      if (family.type == prometheus::MetricType::Counter) return metric.counter.value;
      if (family.type == prometheus::MetricType::Gauge) return metric.gauge.value;
      return static_cast<double>(metric.histogram.sample_count);
    }
  }
  throw std::runtime_error("no series of " + name);
}

}  // namespace shortlist::telemetry
