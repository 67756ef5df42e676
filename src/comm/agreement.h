// What the ranks of a job have to have in common, compared before work begins.
#pragma once

#include <string>
#include <vector>

#include "comm/communicator.h"

namespace shortlist::comm {

// For example "train.batch_size" and "1024".
struct Claim {
  std::string subject;
  std::string value;
};

// Compares every rank's claims with those of rank 0. Throws Error{kFailedPrecondition} on every rank, naming the first
// rank that differs, its host, and the first difference. For communicators on host memory.
void RequireAgreement(Communicator& communicator, const std::vector<Claim>& claims);

// Every rank's text, by rank.
std::vector<std::string> GatherTexts(Communicator& communicator, const std::string& text);

}  // namespace shortlist::comm
