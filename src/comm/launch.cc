#include "comm/launch.h"

#include <charconv>
#include <cstdlib>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

constexpr int kMaxRanks = 1 << 16;

int ParseNumber(const std::string& name, const std::string& text, int least, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= least && number <= most) return number;
  throw Error(Code::kInvalidArgument, "environment variable " + name + " is '" + text + "'; expected a number from " +
                                          std::to_string(least) + " to " + std::to_string(most));
}

std::string Require(const Environment& environment, const char* name) {
  std::optional<std::string> value = environment(name);
  if (value) return *value;
  throw Error(Code::kInvalidArgument, std::string("WORLD_SIZE is set, so ") + name + " has to be set, too");
}

int Optional(const Environment& environment, const char* name, int least, int most, int otherwise) {
  const std::optional<std::string> value = environment(name);
  return value ? ParseNumber(name, *value, least, most) : otherwise;
}

// Variables of one launcher; a null name is one that it does not have.
struct Names {
  const char* rank;
  const char* size;
  const char* local_rank;
  const char* local_size;
};
constexpr Names kOpenMpi = {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
                            "OMPI_COMM_WORLD_LOCAL_SIZE"};
constexpr Names kPmi = {"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS"};  // MPICH and its relatives

Launch ReadRanks(const Environment& environment, Launcher launcher, const Names& names, const std::string& rank) {
  Launch launch;
  launch.launcher = launcher;
  launch.size = ParseNumber(names.size, Require(environment, names.size), 1, kMaxRanks);
  launch.rank = ParseNumber(names.rank, rank, 0, launch.size - 1);
  launch.local_rank = Optional(environment, names.local_rank, 0, launch.size - 1, 0);
  launch.local_size = Optional(environment, names.local_size, 1, launch.size, 1);
  launch.address = environment("MASTER_ADDR").value_or("");
  launch.port = Optional(environment, "MASTER_PORT", 1, 65535, 0);
  return launch;
}

Launch ReadMpi(const Environment& environment, const Names& names) {
  return ReadRanks(environment, Launcher::kMpi, names, Require(environment, names.rank));
}

Launch ReadVariables(const Environment& environment) {
  constexpr Names kNames = {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"};
  std::optional<std::string> rank = environment(kNames.rank);
  if (!rank) rank = environment("JOB_COMPLETION_INDEX");
  if (!rank) rank = Require(environment, kNames.rank);
  Launch launch = ReadRanks(environment, Launcher::kEnvironment, kNames, *rank);
  if (launch.size == 1) return launch;
  Require(environment, "MASTER_ADDR");
  Require(environment, "MASTER_PORT");
  return launch;
}

}  // namespace

std::optional<std::string> ProcessEnvironment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Launch ReadLaunch(const Environment& environment) {
  if (environment(kOpenMpi.size)) return ReadMpi(environment, kOpenMpi);
  if (environment(kPmi.size)) return ReadMpi(environment, kPmi);
  if (environment("WORLD_SIZE")) return ReadVariables(environment);
  return {};
}

}  // namespace shortlist::comm
