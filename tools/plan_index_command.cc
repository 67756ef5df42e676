#include <array>
#include <iostream>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/settings_kind.h"
#include "commands.h"
#include "index/build_cost.h"
#include "quantity.h"
#include "report.h"
#include "train/plan.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::array kKinds = {IndexKind::kFlat, IndexKind::kIvfFlat, IndexKind::kIvfSq8, IndexKind::kIvfPqFastScan,
                               IndexKind::kHnsw};

}  // namespace

void Execute(const PlanIndexCommand& command) {
  VectorIndexSettings settings = Load(command.configuration).index.items;
  const index::VectorShape shape{static_cast<std::int64_t>(ParseQuantity(command.items)), command.width};
  std::string text = fmt::format("{} vectors of {} values\n{:<16}  {:>10}  {:>16}\n", Grouped(shape.count), shape.width,
                                 "kind", "bytes", "CPU to build");
  OrderedJson kinds = OrderedJson::array();
  for (const IndexKind kind : kKinds) {
    settings.kind = kind;
    const index::BuildCost cost = index::EstimateCost(settings, shape);
    text += fmt::format("{:<16}  {:>10}  {:>14.0f} s\n", base::NameOf(kind), train::BytesText(cost.bytes),
                        cost.cpu_seconds);
    kinds.push_back({{"kind", base::NameOf(kind)}, {"bytes", cost.bytes}, {"cpu_seconds", cost.cpu_seconds}});
  }
  WriteResult(command.json,
              OrderedJson{{"vectors", shape.count}, {"width", shape.width}, {"kinds", kinds}}.dump(2) + "\n");
  std::cout << text;
}

}  // namespace shortlist::tools
