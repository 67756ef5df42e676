// A job whose ranks meet again and again until one of them fails on purpose:
//   ranks_fault_program FAULT RANK TIMEOUT_SECONDS
// Logs and ends like the real program: one line per error, status 1.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

#include "comm/job.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

constexpr int kRounds = 20;
constexpr int kFaultyRound = 10;

[[noreturn]] void Hang() {
  while (true) pause();
}

void Misbehave(const std::string& fault) {
  if (fault == "kill") raise(SIGKILL);
  if (fault == "stop") raise(SIGSTOP);
  if (fault == "hang") Hang();
  if (fault == "error") throw Error(Code::kResourceExhausted, "the disk is full");
}

void Abandon(const std::string& reason) {
  std::fprintf(stderr, "error: this rank hangs, and %s\n", reason.c_str());
  _exit(1);
}

void Run(const std::string& fault, int faulty, double timeout_seconds) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const Launch launch = ReadLaunch(ProcessEnvironment);
  const auto communicator = JoinJob(launch, {.timeout_seconds = timeout_seconds}, *backend, Abandon);
  std::vector<float> values(1 << 16, 1);
  for (int round = 0; round < kRounds; ++round) {
    if (round == kFaultyRound && launch.rank == faulty) Misbehave(fault);
    if (fault == "early" && round == kFaultyRound && launch.rank == faulty) return;
    communicator->AllReduceSum(values.data(), static_cast<std::int64_t>(values.size()));
  }
}

}  // namespace
}  // namespace shortlist::comm

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    shortlist::comm::Run(argv[1], std::atoi(argv[2]), std::atof(argv[3]));
  } catch (const shortlist::Error& error) {
    std::fprintf(stderr, "error: %s: %s\n", shortlist::CodeName(error.code()), error.what());
    return 1;
  }
  return 0;
}
