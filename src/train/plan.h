// What a training job of several ranks needs before it starts: memory per rank, bytes on the wire and seconds per step,
// and the sharding that follows from them. docs/scale.md explains the model and how well it holds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/two_tower.h"
#include "shortlist/settings.h"
#include "train/step_reads.h"

namespace shortlist::train {

// The machines. Rates are per device, in bytes or operations per second.
struct Cluster {
  int devices = 1;
  int devices_per_host = 8;
  double memory_bytes = 0;         // of a device; 0: as much as is asked for
  double link_rate = 450e9;        // to the devices of the same host, each way
  double network_rate = 50e9;      // to those of other hosts, each way
  double latency_seconds = 20e-6;  // of a collective operation
  double memory_rate = 3e12;
  double compute_rate = 100e12;  // float32 operations of matrix products

  int hosts() const { return (devices + devices_per_host - 1) / devices_per_host; }
};

struct JobShape {
  model::TwoTowerSpec spec;
  TrainSettings train;
  std::int64_t candidates = 0;  // of a step
  StepReads reads;
};

// Of one rank, in bytes.
struct TableMemory {
  std::string name;
  std::int64_t rows = 0;
  bool sharded = false;
  std::int64_t replicated_rows = 0;  // of the table, on every rank
  double parameters = 0;             // with the moving average, if there is one
  double optimizer = 0;
};
struct MemoryUse {
  std::vector<TableMemory> tables;
  double dense = 0;        // parameters, gradients, optimizer state, average
  double activations = 0;  // of a step, with gradients and what is received
  double Total() const;
};

// What one rank sends in a step, in bytes, as comm::Traffic counts it; it receives as much.
struct WireBytes {
  double requests = 0;             // who asks whom for how many rows, and who reads which replicated ones
  double ids = 0;                  // of rows asked for
  double rows = 0;                 // rows that were asked for
  double row_gradients = 0;        // back to their owners
  double candidates = 0;           // vectors of all ranks' candidates
  double candidate_gradients = 0;  // back to the ranks that computed them
  double reduced = 0;              // dense gradients, loss, gradients of replicated rows
  double Total() const;
};

// Of one step. Nothing overlaps.
struct StepSeconds {
  double compute = 0;   // matrix products and softmax
  double memory = 0;    // rows gathered and updated, averages
  double exchange = 0;  // bytes on the wire
  double latency = 0;   // of the collective operations
  double Total() const { return compute + memory + exchange + latency; }
};

struct ShardingPlan {
  Sharding sharding = Sharding::kReplicated;
  MemoryUse memory;
  WireBytes wire;
  StepSeconds seconds;
  bool fits = true;
};

struct Plan {
  std::vector<ShardingPlan> choices;  // replicated, sharded, hybrid
  std::size_t chosen = 0;             // the fastest that fits; the smallest if none does
  std::string reason;
  int devices_that_fit = 0;  // if no choice fits: a number, a power of two, on which it does sharded; 0: none
  const ShardingPlan& choice() const { return choices[chosen]; }
};
inline constexpr int kMostDevices = 1 << 16;

ShardingPlan PlanSharding(const JobShape& job, const Cluster& cluster, Sharding sharding);

// The job on a number of devices.
using ShapeOnDevices = std::function<JobShape(int devices)>;

// settings.train.sharding leaves one choice, unless it is auto.
Plan MakePlan(const ShapeOnDevices& shape, const Cluster& cluster);

// Throws Error{kResourceExhausted} saying what would fit, unless the chosen sharding does.
void RequireThatItFits(const Plan& plan, const Cluster& cluster);

// "12.3 GB".
std::string BytesText(double bytes);

}  // namespace shortlist::train
