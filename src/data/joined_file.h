// Items that were shown, with their outcomes, as a Parquet file: a row for each item, with the columns request_id,
// user, time (Unix seconds), bundle_version, policy, answer_reason, k, history_events, context (JSON), position, item,
// score, reason, probability, clicked, carted, bought, reward and delay_seconds. What is not known is null.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "data/decision_file.h"

namespace shortlist::data {

struct Outcome {
  bool clicked = false;
  bool carted = false;
  bool bought = false;
  double reward = 0;
  std::optional<std::int64_t> delay_seconds;  // from the answer to the first of them
};

// The file appears under its name when it is whole.
class JoinedFile {
 public:
  // Throws Error if it cannot be made.
  explicit JoinedFile(const std::filesystem::path& path);
  // Without Commit nothing is left.
  ~JoinedFile();
  JoinedFile(const JoinedFile&) = delete;
  JoinedFile& operator=(const JoinedFile&) = delete;

  // The item in a place of an answer, counted from 0. Throws Error{kUnavailable} when the disk is full.
  void Append(const DecisionRow& decision, std::size_t place, const Outcome& outcome);
  void Commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::data
