// Single values as Prometheus's families.
#pragma once

#include <prometheus/metric_family.h>
#include <string>
#include <utility>
#include <vector>

namespace shortlist::telemetry {

using LabelList = std::vector<std::pair<std::string, std::string>>;

prometheus::MetricFamily GaugeFamily(const std::string& name, const std::string& help, double value,
                                     const LabelList& labels = {});
prometheus::MetricFamily CounterFamily(const std::string& name, const std::string& help, double value);

// One more series of a family of gauges or counters.
void AddSeries(prometheus::MetricFamily& family, double value, const LabelList& labels);

}  // namespace shortlist::telemetry
