// The stages of a run, each from the artifacts that it reads to the one that it writes. Each also writes its result to
// reports/: prepare.json, train.json, test.json or validation.json with an .html beside it, index.json.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "data/dataset.h"
#include "data/prepare.h"
#include "eval/evaluator.h"
#include "index/bundle.h"
#include "shortlist/settings.h"
#include "train/trainer.h"

namespace shortlist::tools {

// `base` resolves the relative source paths of the configuration; the others as of data/prepare.h.
data::PrepareReport Prepare(const Settings& settings, const std::filesystem::path& base,
                            const std::optional<data::FittedGraphs>& fitted = std::nullopt,
                            const std::optional<std::filesystem::path>& parsed_files = std::nullopt);

// The same on every rank of a job. `initial` as of train/trainer.h.
train::TrainReport Train(const Settings& settings, train::Start start,
                         const std::optional<std::filesystem::path>& initial = std::nullopt);

// A table and a page for people, and JSON for programs.
struct Evaluation {
  std::vector<eval::EvaluationRow> rows;  // the model's before those of baselines, for each rule of seen items
  std::string table;
  std::string json;
  std::string html;
};
Evaluation Evaluate(const Settings& settings, data::Part part, Contestants contestants);

index::IndexReport Index(const Settings& settings, index::RecallGate gate = index::RecallGate::kEnforce);

}  // namespace shortlist::tools
