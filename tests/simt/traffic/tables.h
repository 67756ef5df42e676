// The measurements as tables of docs/gpu.md.
#pragma once

#include <string>
#include <vector>

#include "simt/traffic/measured_operation.h"

namespace shortlist::simt {

std::string TrafficTable(const std::vector<MeasuredOperation>& operations);
std::string KernelTable(const std::vector<MeasuredOperation>& operations);
std::string StepTable(const std::vector<MeasuredStep>& steps);

// The document with `text` between the lines <!-- begin: name --> and <!-- end: name -->. Throws Error if it has none.
std::string WithSection(const std::string& document, const std::string& name, const std::string& text);

}  // namespace shortlist::simt
