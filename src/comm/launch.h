// Which rank of which job this process is, as launchers say it in the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace shortlist::comm {

enum class Launcher {
  kNone,         // a job of one process
  kEnvironment,  // RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT: torchrun, Kubernetes operators, a script
  kMpi,          // mpirun or another launcher that speaks PMI
};

struct Launch {
  Launcher launcher = Launcher::kNone;
  int rank = 0;
  int size = 1;
  int local_rank = 0;        // among the ranks of this host; chooses the GPU
  int local_size = 1;        // ranks of this host
  std::string address = {};  // where rank 0 is found by the others; empty if the launcher does not say
  int port = 0;              // where rank 0 listens for them; 0 if the launcher does not say
};

// The value of an environment variable, if it is set.
using Environment = std::function<std::optional<std::string>(const char* name)>;
std::optional<std::string> ProcessEnvironment(const char* name);

// mpirun is the nearest parent where both are set. RANK may be missing in an indexed Kubernetes Job, where
// JOB_COMPLETION_INDEX stands for it. Throws Error{kInvalidArgument} naming the variable that is missing or wrong.
Launch ReadLaunch(const Environment& environment);

}  // namespace shortlist::comm
