// How much memory of the host training takes at its peak, stated before it begins. docs/scale.md has the formula.
#pragma once

#include <cstdint>

#include "data/dataset.h"
#include "shortlist/settings.h"
#include "train/plan.h"
#include "train/training_data.h"

namespace shortlist::train {

// In bytes.
struct HostMemory {
  double program = 0;     // its code, libraries and buffers of fixed size
  double events = 0;      // log, examples, their order, what is mapped of the dataset
  double shoppers = 0;    // the same, and those that validation is chosen from
  double model = 0;       // parameters, optimizer state and activations, if they are on the host
  double checkpoint = 0;  // the copy of parameters and state that is written while training goes on
  double validation = 0;  // vectors of all items, twice
  double Total() const;
};

// Of one rank of a run on that data, whose plan has this use of a device, which is the host's memory on CPUs. The run
// validates unless the settings say otherwise.
HostMemory ExpectHostMemory(const Settings& settings, const data::Dataset& dataset, const TrainingData& data,
                            const MemoryUse& device);

}  // namespace shortlist::train
