// Which snapshot answers whom.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "serve/snapshot.h"

namespace shortlist::serve {

struct Traffic {
  std::shared_ptr<const ServingSnapshot> stable = nullptr;
  std::shared_ptr<const ServingSnapshot> canary = nullptr;  // null: nobody's
  double canary_percent = 0;

  // A shopper is on the side that a stable hash of the id says, on every server and in every release; who has no id is
  // on the stable one.
  const std::shared_ptr<const ServingSnapshot>& For(std::optional<std::string_view> user_id) const;
};

}  // namespace shortlist::serve
