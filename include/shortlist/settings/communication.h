// How the ranks of a training job talk.
#pragma once

#include "shortlist/settings/field.h"

namespace shortlist {

enum class TransportKind { kAuto, kMpi, kTcp };
template <>
struct EnumNames<TransportKind> {
  static constexpr std::array<std::string_view, 3> kNames = {"auto", "mpi", "tcp"};
};

struct CommunicationSettings {
  TransportKind transport = TransportKind::kAuto;
  double timeout_seconds = 300;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("transport", transport,
          "What messages between processes travel over: `mpi`, of processes that mpirun started; `tcp`, of processes "
          "that find each other by RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT; `auto`, what fits the launcher.");
    visit("timeout_seconds", timeout_seconds,
          "How long a rank waits for another, at the start and in a step, before the job is ended on all ranks. The "
          "longest pause of one rank while others wait, such as a checkpoint, has to fit.",
          Bounds{0.1, 1e6});
  }
};

}  // namespace shortlist
