// The ranks of a training job, as their launcher started them: this process's place among them, its device and what it
// talks to the others with.
#pragma once

#include <memory>

#include "comm/communicator.h"
#include "comm/launch.h"
#include "data/dataset.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"
#include "train/trainer.h"

namespace shortlist::tools {

// The job of this process. Throws Error{kInvalidArgument} naming the variable of the environment that is wrong.
comm::Launch ReadJob();

// Throws Error{kFailedPrecondition} in a job of several ranks, for commands that are of one process.
void RequireOneProcess(const char* command);

class Job {
 public:
  // Joins the other ranks. Without a number of threads in the settings, the ranks of a host share its cores; without a
  // device, each takes the GPU of its number on the host. Log lines are marked with the rank from here on.
  explicit Job(const Settings& settings);

  bool leads() const { return launch_.rank == 0; }
  tensor::Backend& backend() { return *backend_; }
  // On the memory of the backend.
  comm::Communicator& communicator() { return devices_ == nullptr ? *hosts_ : *devices_; }

  // Throws Error{kFailedPrecondition} on every rank if what the ranks were started with differs: program, settings,
  // dataset, kind of device, or where to start.
  void RequireAgreement(const Settings& settings, const data::Dataset& dataset, train::Start start);
  // Gives ranks whose backend is a device's a communicator on its memory; to train, after they have agreed.
  void JoinDevices(const CommunicationSettings& settings);

 private:
  comm::Launch launch_;
  std::unique_ptr<tensor::Backend> backend_;
  std::unique_ptr<comm::Communicator> hosts_;
  std::unique_ptr<comm::Communicator> devices_;  // null where the backend's memory is the host's
};

}  // namespace shortlist::tools
