// The model of the version that serves, where a later dataset is at hand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "data/dataset.h"
#include "data/prepare.h"
#include "index/bundle.h"
#include "tensor/backend.h"
#include "wiring.h"

namespace shortlist::tools {

class ServedModel {
 public:
  // Verifies the bundle. Throws what index::Bundle::Open does.
  explicit ServedModel(const std::filesystem::path& bundle) : bundle_(index::Bundle::Open(bundle)) {}

  const std::string& version() const { return bundle_.version(); }
  const Settings& settings() const { return bundle_.settings(); }
  data::FittedGraphs graphs() const { return {bundle_.ItemGraphJson(), bundle_.ContextGraphJson()}; }

  // The towers over the items of a dataset that was prepared with graphs(), matched by id. Items that the model has not
  // seen have no id embedding, so that their features alone place them, as a server does. The backend must outlive it.
  TrainedModel Over(const data::Dataset& dataset, tensor::Backend& backend) const;

  // The model was trained on no event of this second and later.
  std::int64_t TrainedUntil() const;

 private:
  std::int64_t NewestEvent() const;

  index::Bundle bundle_;
};

}  // namespace shortlist::tools
