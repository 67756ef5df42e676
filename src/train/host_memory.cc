#include "train/host_memory.h"

#include <algorithm>

namespace shortlist::train {
namespace {

constexpr double kProgram = 64e6;
// Item, time and weight in the dataset's file, of which training reads every page.
constexpr double kMapped = 4 + 8 + 4;
// The same with the origin, in the log.
constexpr double kLogged = kMapped + 1 + 8;
// The example, and its place in the order of the data and in that of the epoch.
constexpr double kExample = 16 + 8 + 8;
// Item and time, in the order of time.
constexpr double kDemand = 4 + 8;
// Offsets of three parts and of the log, and the range of a shopper's examples.
constexpr double kShopper = 4 * 8 + 16;
// A query of validation with its three lists, before some are chosen, and an event in its history.
constexpr double kQuery = 64 + 24 + 3 * 16;
constexpr double kQueryEvent = 4 + 8;
constexpr double kFloat = 4;

}  // namespace

double HostMemory::Total() const {
  // Validation has ended when the checkpoint of the epoch is taken.
  return program + events + shoppers + model + std::max(checkpoint, validation);
}

HostMemory ExpectHostMemory(const Settings& settings, const data::Dataset& dataset, const TrainingData& data,
                            const MemoryUse& device) {
  const auto events = static_cast<double>(data.log().events());
  const auto context =
      static_cast<double>(dataset.context_graph().categorical().size() + dataset.context_graph().dense().size());
  const auto shoppers = static_cast<double>(dataset.users());
  const auto vectors = static_cast<double>(dataset.items() * (settings.model.dimension + 1)) * kFloat;
  const bool validates = !settings.train.include_validation;
  HostMemory memory;
  memory.program = kProgram;
  memory.events = events * (kMapped + context * kFloat + kLogged + kExample + kDemand + (validates ? kQueryEvent : 0));
  memory.shoppers = shoppers * (kShopper + (validates ? kQuery : 0));
  memory.model = device.Total();
  memory.checkpoint = device.dense;
  for (const TableMemory& table : device.tables) memory.checkpoint += table.parameters + table.optimizer;
  memory.validation = validates ? 2 * vectors : 0;
  return memory;
}

}  // namespace shortlist::train
