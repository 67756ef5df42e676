#include "simt/traffic/tables.h"

#include <cstdio>

#include "shortlist/error.h"

namespace shortlist::simt {
namespace {

std::string Decimals(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

std::string Row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) row += " " + cell + " |";
  return row + "\n";
}

// The first column holds words, the others numbers, unless told otherwise.
std::string Header(const std::vector<std::string>& names, std::size_t text_columns) {
  std::string line = "|";
  for (std::size_t i = 0; i < names.size(); ++i) line += i < text_columns ? "---|" : "---:|";
  return Row(names) + line + "\n";
}

std::string PerRequest(const Traffic& traffic) {
  const auto sectors = static_cast<double>(traffic.read_sectors + traffic.written_sectors);
  return Decimals(sectors / static_cast<double>(traffic.requests), 1);
}

}  // namespace

std::string TrafficTable(const std::vector<MeasuredOperation>& operations) {
  std::string table = Header({"operation", "on", "the least", "bytes moved", "least bytes", "ratio", "bound"}, 3);
  for (const MeasuredOperation& operation : operations) {
    table += Row({operation.name, operation.shape, operation.least, std::to_string(operation.traffic().bytes()),
                  std::to_string(operation.least_bytes), Decimals(operation.ratio(), 3),
                  operation.bound == 0 ? "" : Decimals(operation.bound, 2)});
  }
  return table;
}

std::string KernelTable(const std::vector<MeasuredOperation>& operations) {
  std::string table = Header(
      {"operation", "on", "kernel", "launches", "sectors read", "sectors written", "sectors per warp request"}, 3);
  for (const MeasuredOperation& operation : operations) {
    for (const KernelTraffic& kernel : operation.kernels) {
      table += Row({operation.name, operation.shape, "`" + kernel.kernel + "`", std::to_string(kernel.launches),
                    std::to_string(kernel.traffic.read_sectors), std::to_string(kernel.traffic.written_sectors),
                    PerRequest(kernel.traffic)});
    }
  }
  return table;
}

std::string StepTable(const std::vector<MeasuredStep>& steps) {
  std::string table = Header({"model", "kernels", "graph launches", "host synchronizations", "device allocations"}, 1);
  for (const MeasuredStep& step : steps) {
    table += Row({step.name, std::to_string(step.kernels), std::to_string(step.graph_launches),
                  std::to_string(step.host_synchronizations), std::to_string(step.device_allocations)});
  }
  return table;
}

std::string WithSection(const std::string& document, const std::string& name, const std::string& text) {
  const std::string begin = "<!-- begin: " + name + " -->\n";
  const std::string end = "<!-- end: " + name + " -->";
  const std::size_t first = document.find(begin);
  const std::size_t last = document.find(end);
  if (first == std::string::npos || last == std::string::npos) {
    throw Error(Code::kInvalidArgument,
                "the document has no section " + name + "; add the lines " + begin + "and " + end);
  }
  return document.substr(0, first) + begin + text + document.substr(last);
}

}  // namespace shortlist::simt
