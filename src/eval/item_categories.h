// One category per item, from what the catalog says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace shortlist::eval {

struct ItemCategories {
  std::string attribute;              // what the categories are, for example "category"; empty if there are none
  std::vector<std::string> names;     // by category
  std::vector<std::int32_t> of_item;  // [items]: a category, or -1
};

// The first text attribute that puts items into 2 to 1,000 groups, each item by its first value. Without one, five
// price bands of equally many items, if items have prices.
ItemCategories ReadCategories(const data::Dataset& dataset);

// The same from AttributesJson of each item.
ItemCategories ReadCategories(const std::vector<std::string>& attributes);

}  // namespace shortlist::eval
