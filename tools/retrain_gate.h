// Whether a new model may take the place of the one that serves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "eval/comparison.h"
#include "served_model.h"
#include "shortlist/settings.h"

namespace shortlist::tools {

struct RetrainVerdict {
  bool passed = false;
  std::string reason;  // a sentence
  std::string metric;
  std::int64_t shoppers = 0;
  std::int64_t events = 0;                   // that decide
  std::int64_t left_out = 0;                 // of the same days, because they followed an answer
  std::int64_t start = 0;                    // first second of the days that both were judged on
  std::optional<eval::Comparison> compared;  // first: the new model; second: the serving one; none without shoppers
  bool served_has_seen = false;              // events of these days, in training
};

// Scores the trained model and the serving one, if there is one, on the test part of the settings' dataset.
RetrainVerdict Judge(const Settings& settings, const ServedModel* served);

nlohmann::ordered_json ToJson(const RetrainVerdict& verdict);
// Markdown.
std::string Text(const RetrainVerdict& verdict);

}  // namespace shortlist::tools
