// Items that are added, changed or withdrawn while a server runs.
#pragma once

#include <cstdint>
#include <string>

#include "shortlist/settings/field.h"

namespace shortlist {

struct LiveCatalogSettings {
  std::string log;
  std::int64_t max_items = 100000;
  std::int64_t max_batch = 1000;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("log", log,
          "File that changes of the catalog are written to before they are acknowledged, and read from at a start. "
          "Without one the server refuses changes.");
    visit("max_items", max_items, "Most items that are changed or withdrawn at a time.", Bounds{1, 1e7});
    visit("max_batch", max_batch, "Most items in one call.", Bounds{1, 1e6});
  }
};

}  // namespace shortlist
