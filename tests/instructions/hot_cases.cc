// hot_cases                 names every case, a line each
// hot_cases NAME FOLDER     does the case once to warm up, and once more while callgrind counts
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <valgrind/callgrind.h>
#include <vector>

#include "index/openmp_threads.h"
#include "instructions/hot_case.h"

namespace shortlist {
namespace {

std::vector<HotCase> AllCases() {
  std::vector<HotCase> all;
  for (const auto& cases : {DataCases(), TensorCases(), SearchCases(), ServingCases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

void Count(const HotCase& hot_case, const std::filesystem::path& folder) {
  const index::OpenMpThreads alone(1);
  const Work work = hot_case.prepare(folder);
  work();
  CALLGRIND_START_INSTRUMENTATION;
  work();
  CALLGRIND_STOP_INSTRUMENTATION;
}

int Run(const std::vector<std::string>& arguments) {
  const std::vector<HotCase> cases = AllCases();
  if (arguments.empty()) {
    for (const HotCase& each : cases) std::cout << each.name << "\n";
    return 0;
  }
  const auto named = std::ranges::find(cases, arguments.front(), &HotCase::name);
  if (named == cases.end() || arguments.size() != 2) {
    std::cerr << "usage: hot_cases [NAME FOLDER]      without arguments, the names\n";
    return 2;
  }
  Count(*named, arguments[1]);
  return 0;
}

}  // namespace
}  // namespace shortlist

int main(int argc, char** argv) {
  try {
    return shortlist::Run({argv + 1, argv + argc});
  } catch (const std::exception& failure) {
    std::cerr << "hot_cases: " << failure.what() << "\n";
    return 1;
  }
}
