// The commands below `shortlist catalog`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "commands.h"

namespace CLI {
class App;
}

namespace shortlist::tools {

struct CatalogOptions {
  CatalogCommand command{.address = "127.0.0.1:50052", .security = {}, .change = {}, .json = {}};
  std::filesystem::path file;
  std::vector<std::string> ids;
};

// Binds the commands below `catalog`, and what they have in common, to `options`, which must stand still until the
// command line is parsed. Security and JSON are the caller's.
void AddCatalogOptions(CLI::App& catalog, CatalogOptions& options);

}  // namespace shortlist::tools
