#include "model/held_rows.h"

namespace shortlist::model {

HeldRows HoldEverything(const ParameterLayout& layout) {
  HeldRows held;
  held.tables = layout.tables;
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    held.runs.push_back({RowRun{.held = t, .rows = layout.tables[t].rows}});
  }
  return held;
}

ParameterLayout LayoutOf(const HeldRows& held, ParameterLayout layout) {
  layout.tables = held.tables;
  return layout;
}

}  // namespace shortlist::model
