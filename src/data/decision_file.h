// Decisions as a Parquet file: a row for each answer, with the columns request_id, user, time (Unix seconds),
// bundle_version, policy, reason, k, history_events, context (JSON), and the lists items, scores, item_reasons and
// probabilities, which are as long as each other. A user who is not known is null, and so is a probability where
// nothing was drawn.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shortlist::data {

struct DecisionRow {
  std::string_view request_id = {};
  std::string_view user = {};
  std::int64_t time = 0;
  std::string_view bundle_version = {};
  std::string_view policy = {};
  std::string_view reason = {};
  std::int64_t k = 0;
  std::int64_t history_events = 0;
  std::string_view context = {};
  std::vector<std::string_view> items = {};
  std::vector<float> scores = {};
  std::vector<std::string_view> item_reasons = {};
  std::vector<std::optional<double>> probabilities = {};
};

// The file appears under its name when it is whole. Throws Error{kUnavailable} when the disk is full.
void WriteDecisionFile(const std::filesystem::path& path, std::span<const DecisionRow> rows);

// Visits the rows of such a file, in their order; texts live until the visit ends. Throws Error{kInvalidArgument}
// naming the file if it is none, as does the other.
void ReadDecisionFile(const std::filesystem::path& path, const std::function<void(const DecisionRow&)>& visit);
// The different users of a file.
std::set<std::string> ReadDecisionUsers(const std::filesystem::path& path);

}  // namespace shortlist::data
