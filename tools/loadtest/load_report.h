// A load report, for people and for programs.
#pragma once

#include <string>

#include "loadtest/load_plan.h"

namespace shortlist::tools {

// Aligned lines that end with a line break.
std::string Text(const LoadPlan& plan, const LoadReport& report);
// One JSON object that ends with a line break; times are in the unit that a name ends with.
std::string Json(const LoadPlan& plan, const LoadReport& report);

// With three digits and the unit that suits: "87.3 us", "1.24 ms".
std::string LatencyText(std::chrono::nanoseconds latency);

}  // namespace shortlist::tools
