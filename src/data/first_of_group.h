// De-duplication of events that come in the order of the dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/event.h"
#include "shortlist/settings/data.h"

namespace shortlist::data {

// Tells the first event of each (user, item) or (user, item, day in UTC). Events must come by user, then by time. Needs
// memory for each item, not for each event.
class FirstOfGroup {
 public:
  FirstOfGroup(Deduplication by, std::size_t items) : by_(by), last_(items) {}

  bool IsFirst(const EventHeader& event);

 private:
  struct Group {
    std::int64_t user = -1;
    std::int64_t day = 0;
    bool operator==(const Group&) const = default;
  };

  Deduplication by_;
  std::vector<Group> last_;  // of each item
};

}  // namespace shortlist::data
