// How the ranks of a training job talk.
#pragma once

#include "shortlist/settings/field.h"

namespace shortlist {

enum class TransportKind { kAuto, kMpi, kTcp };
template <>
struct EnumNames<TransportKind> {
  static constexpr std::array<std::string_view, 3> kNames = {"auto", "mpi", "tcp"};
};

// What embedding rows, candidates and gradients are on their way between ranks.
enum class WireFormat { kFloat32, kBfloat16 };
template <>
struct EnumNames<WireFormat> {
  static constexpr std::array<std::string_view, 2> kNames = {"fp32", "bf16"};
};

struct CommunicationSettings {
  TransportKind transport = TransportKind::kAuto;
  WireFormat wire = WireFormat::kFloat32;
  double timeout_seconds = 300;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("transport", transport,
          "What messages between processes travel over: `mpi`, of processes that mpirun started; `tcp`, of processes "
          "that find each other by RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT; `auto`, what fits the launcher.");
    visit("wire", wire,
          "What embedding rows, candidates and gradients are on their way between ranks: `fp32`, or `bf16`, which "
          "halves the bytes and keeps 8 significant bits of each number. Sums are float32 in every case.");
    visit("timeout_seconds", timeout_seconds,
          "How long a rank waits for another, at the start and in a step, before the job is ended on all ranks. The "
          "longest pause of one rank while others wait, such as a checkpoint, has to fit.",
          Bounds{0.1, 1e6});
  }
};

}  // namespace shortlist
