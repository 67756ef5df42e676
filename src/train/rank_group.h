// What the ranks of a job tell each other between steps.
#pragma once

#include <string>

#include "comm/communicator.h"
#include "tensor/backend.h"
#include "train/batch_share.h"

namespace shortlist::train {

// Every rank calls the same operations in the same order. Communicator and backend must outlive it.
class RankGroup {
 public:
  RankGroup(comm::Communicator& communicator, tensor::Backend& backend)
      : communicator_(&communicator), backend_(&backend) {}

  RankOf of() const { return {communicator_->rank(), communicator_->size()}; }
  // Whether this is the rank that reports, validates and completes checkpoints.
  bool leads() const { return communicator_->rank() == 0; }

  // What the leading rank says.
  std::string Share(const std::string& text);
  double Share(double value);
  // Returns when every rank has come here.
  void Meet() { communicator_->Barrier(); }

 private:
  void Broadcast(void* host, std::size_t bytes);

  comm::Communicator* communicator_;
  tensor::Backend* backend_;
};

}  // namespace shortlist::train
