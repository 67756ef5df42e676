// One change of the catalog between two versions of the model.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "features/value.h"

namespace shortlist::serve {

struct CatalogItem {
  std::string id;
  std::string title;
  features::Record attributes;  // with "price", as in the catalog of `prepare`
};

// What an item is from now on, or that it is withdrawn.
struct CatalogChange {
  std::string id;
  std::shared_ptr<const CatalogItem> item;  // null: withdrawn
  std::int64_t number = 0;                  // in its log, rising from 1; 0 before it is there
};

// By id: what holds now.
using CatalogChanges = std::map<std::string, CatalogChange, std::less<>>;

}  // namespace shortlist::serve
