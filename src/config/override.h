// Settings set above those of a configuration's text, as text again.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace shortlist::config {

struct Override {
  std::string field;  // "train.optimizer.dense_rate", "model.history.pools[0].decay"
  std::string value;  // as in YAML: "0.3", "[256, 128]"
};

// The configuration `text` with the given fields set, those that it lacks included. Nothing is said of whether a field
// is known: ParseSettings does that. Comments are lost. Throws Error{kInvalidArgument} naming the field if its path or
// value cannot be read, or leads through a value or a list that is too short.
std::string WithOverrides(std::string_view text, std::span<const Override> overrides);

}  // namespace shortlist::config
