// The worlds of ranks that the communicator table runs against.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "comm/communicator.h"

namespace shortlist::conformance {

struct WorldRow {
  std::string name;
  int ranks;
  // Runs `body` once on each rank of a new world and returns when all ranks of this process are done.
  std::function<void(const std::function<void(comm::Communicator&)>& body)> run;
};

inline std::ostream& operator<<(std::ostream& stream, const WorldRow& row) {
  return stream << row.name;
}

std::vector<WorldRow> Worlds();

}  // namespace shortlist::conformance
