// Writes what kernels move, and what a training step asks of the device, into the tables of docs/gpu.md.
//
//   gpu_report --write FILE    replaces the tables
//   gpu_report --check FILE    fails when the tables are stale, or an operation moves more than its bound allows
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "base/file.h"
#include "shortlist/error.h"
#include "simt/runtime/machine.h"
#include "simt/traffic/measured_operation.h"
#include "simt/traffic/tables.h"

namespace shortlist::simt {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw Error(Code::kNotFound, path + ": cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void Write(const std::string& path, const std::string& text) {
  base::AtomicFile file(path);
  file.stream() << text;
  file.Commit();
}

std::string Updated(const std::string& document, const std::vector<MeasuredOperation>& operations) {
  const std::string with_traffic = WithSection(document, "traffic", TrafficTable(operations));
  const std::string with_kernels = WithSection(with_traffic, "kernel traffic", KernelTable(operations));
  return WithSection(with_kernels, "steps", StepTable(MeasureSteps()));
}

int Check(const std::string& path, const std::vector<MeasuredOperation>& operations) {
  bool sound = true;
  for (const MeasuredOperation& operation : operations) {
    if (operation.within_bound()) continue;
    std::cerr << operation.name << " on " << operation.shape << " moves " << operation.ratio()
              << " times the least bytes, more than " << operation.bound << "\n";
    sound = false;
  }
  const std::string document = Read(path);
  if (Updated(document, operations) != document) {
    std::cerr << path << " is stale; write it with the build target gpu_report\n";
    sound = false;
  }
  return sound ? EXIT_SUCCESS : EXIT_FAILURE;
}

int Run(const std::string& mode, const std::string& path) {
  const std::vector<MeasuredOperation> operations = MeasureOperations();
  if (mode == "--check") return Check(path, operations);
  Write(path, Updated(Read(path), operations));
  return EXIT_SUCCESS;
}

bool NothingWasReported() {
  const std::vector<std::string> reports = TheMachine().reports().Take();
  for (const std::string& report : reports) std::cerr << report << "\n";
  return reports.empty();
}

}  // namespace
}  // namespace shortlist::simt

int main(int argc, char** argv) {
  try {
    const std::string mode = argc == 3 ? argv[1] : "";
    if (mode != "--check" && mode != "--write") {
      std::cerr << "gpu_report --check FILE or gpu_report --write FILE\n";
      return EXIT_FAILURE;
    }
    const int status = shortlist::simt::Run(mode, argv[2]);
    return shortlist::simt::NothingWasReported() ? status : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return EXIT_FAILURE;
  }
}
