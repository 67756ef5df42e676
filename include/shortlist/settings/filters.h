// What requests may filter items by.
#pragma once

#include <string>
#include <vector>

#include "shortlist/settings/field.h"

namespace shortlist {

struct FilterSettings {
  std::vector<std::string> attributes;
  std::vector<std::string> numbers;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("attributes", attributes,
          "Attributes of `data.catalog` that requests may filter by; empty for all that items have. A name that is "
          "listed is known whether or not an item has it.");
    visit("numbers", numbers,
          "Attributes that are read as numbers, beside `price`, so that they can be compared: values that are none "
          "count as missing.");
  }
};

}  // namespace shortlist
