// The settings that a search may change, and the configurations that it tries.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shortlist/settings/tune.h"

namespace shortlist::tune {

struct Choice {
  std::string setting;  // dotted path, as in TuneSettings
  std::string value;    // as in YAML

  bool operator==(const Choice&) const = default;
};

// Random search (Bergstra and Bengio 2012): each range on its own, independent of the others.
class SearchSpace {
 public:
  SearchSpace(const TuneSettings& settings, std::int64_t seed);

  // One choice per range for configuration `number`, from 0 on; the same for the same number and seed. Numbers from
  // intervals have three significant digits.
  std::vector<Choice> Draw(std::int64_t number) const;

  // Every value of every range, or both ends of its interval: what can be checked before anything is trained.
  std::vector<Choice> Bounds() const;

 private:
  std::vector<RangeSettings> ranges_;
  std::int64_t seed_;
};

}  // namespace shortlist::tune
