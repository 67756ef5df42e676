// What the loaded versions of a model hold of a shopper.
#pragma once

#include <string>
#include <vector>

#include "profile/shopper_data.h"
#include "serve/traffic.h"

namespace shortlist::serve {

// An entry for each loaded version and each name that it knows the shopper by: the id that was asked for, the name on
// disk and those of visitors. Also of what answers do not use, as of a shopper who was erased.
std::vector<profile::ModelData> ReadModelData(const Traffic& traffic, const std::string& id,
                                              const profile::ShopperData& data);

}  // namespace shortlist::serve
