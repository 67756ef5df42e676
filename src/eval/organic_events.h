// The events of a part that followed no answer of a server. What a serving model chose to show is what shoppers could
// click on: judged by that, it is favored over a model that would have shown something else (the bias of exposure;
// Joachims, Swaminathan and Schnabel, "Unbiased learning-to-rank with biased feedback", WSDM 2017). What they found
// without it says the same of both.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"

namespace shortlist::eval {

// Owns users, items and times of the events; neither weights nor context.
class OrganicEvents {
 public:
  // All events of `part` where it has no `from_answer`.
  explicit OrganicEvents(const data::Interactions& part);
  OrganicEvents(const OrganicEvents&) = delete;
  OrganicEvents& operator=(const OrganicEvents&) = delete;

  // Rows are the users of the part. Lives as long as this.
  const data::Interactions& view() const { return view_; }

 private:
  std::vector<std::int64_t> offsets_;
  std::vector<std::int32_t> items_;
  std::vector<std::int64_t> times_;
  data::Interactions view_;
};

}  // namespace shortlist::eval
