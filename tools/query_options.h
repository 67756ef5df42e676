// The options of `shortlist query`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"

namespace CLI {
class App;
}

namespace shortlist::tools {

// A query in the words of the command line.
struct QueryOptions {
  std::string address = "127.0.0.1:50051";
  std::optional<std::string> user;
  std::vector<std::string> history;
  std::optional<std::string> similar_item;
  std::optional<std::string> similar_user;
  std::vector<std::string> exclude;
  std::vector<std::string> only;
  std::string where;
  std::vector<std::string> context;
  std::int32_t k = 10;
  std::int32_t show_history = 10;
  bool allow_seen = false;
  bool mask_seen = false;
};

// Binds options of `command` to `options`, which must stand still until the command line is parsed.
void AddQueryOptions(CLI::App& command, QueryOptions& options);

// The command that parsed options describe, but for security and JSON. Throws CLI::Error for what is missing or wrong.
QueryCommand MakeQuery(const QueryOptions& options);

}  // namespace shortlist::tools
