// Decisions for tests.
#pragma once

#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "profile/bytes.h"
#include "profile/decision_log.h"

namespace shortlist::profile {

inline Decision MadeDecision(const std::string& request, const std::string& user, std::int64_t time) {
  Decision decision;
  decision.request = request;
  decision.user = user;
  decision.time = time;
  decision.bundle = "v1";
  decision.policy = "stable";
  decision.reason = "history";
  decision.wanted = 2;
  decision.history_events = 3;
  decision.context = "{\"device\":\"phone\"}";
  decision.items = {{"mug", .5F, "similar", std::nullopt}, {"cup", -.25F, "popular", .125}};
  return decision;
}

// Decisions of the journal in place of Parquet: each its length and bytes.
inline void WriteMadeDecisions(const std::filesystem::path& path, std::span<const Decision> decisions) {
  ByteWriter writer;
  for (const Decision& decision : decisions) writer.Text(ToBytes(decision));
  base::WriteFileAtomically(path, writer.bytes());
}

inline std::vector<Decision> ReadMadeDecisions(const std::filesystem::path& path) {
  std::vector<Decision> decisions;
  const std::string contents = base::ReadFile(path);
  for (ByteReader reader(contents); !reader.at_end();) decisions.push_back(DecisionFrom(reader.Text()));
  return decisions;
}

inline std::set<std::string> ShoppersOfMadeDecisions(const std::filesystem::path& path) {
  std::set<std::string> shoppers;
  for (const Decision& decision : ReadMadeDecisions(path)) shoppers.insert(decision.user);
  return shoppers;
}

inline DecisionFiles MadeDecisionFiles() {
  return {WriteMadeDecisions, ReadMadeDecisions, ShoppersOfMadeDecisions};
}

// All of the lake, the oldest first.
inline std::vector<Decision> DecisionsInLake(const std::filesystem::path& events_directory) {
  std::set<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(events_directory / "lake/decisions")) {
    files.insert(file.path());
  }
  std::vector<Decision> decisions;
  for (const auto& file : files) {
    for (Decision& decision : ReadMadeDecisions(file)) decisions.push_back(std::move(decision));
  }
  return decisions;
}

}  // namespace shortlist::profile
