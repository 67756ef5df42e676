// The world of the communicator table that this process is one rank of, as its launcher says.
#include "comm/job.h"
#include "conformance/communicators.h"

namespace shortlist::conformance {
namespace {

void RunInThisProcess(const std::function<void(comm::Communicator&)>& body) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const comm::Launch launch = comm::ReadLaunch(comm::ProcessEnvironment);
  body(*comm::JoinJob(launch, {.timeout_seconds = 120}, *backend, {}));
}

}  // namespace

std::vector<WorldRow> Worlds() {
  return {{"processes", comm::ReadLaunch(comm::ProcessEnvironment).size, RunInThisProcess}};
}

}  // namespace shortlist::conformance
