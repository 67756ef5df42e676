// Work that is done very often, for counting the instructions that it takes.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace shortlist {

// Work on one thread that takes the same path each time.
using Work = std::function<void()>;

// `prepare` makes the inputs; it may write to the folder, which is empty before and outlives the work.
struct HotCase {
  std::string name;
  std::function<Work(const std::filesystem::path& folder)> prepare;
};

std::vector<HotCase> DataCases();
std::vector<HotCase> TensorCases();
std::vector<HotCase> SearchCases();
std::vector<HotCase> ServingCases();

}  // namespace shortlist
