// What a TwoTower owns; shared by inference (two_tower.cc), storage (two_tower_storage.cc) and training.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "model/closed_form.h"
#include "model/held_rows.h"
#include "model/parameters.h"
#include "model/two_tower.h"
#include "tensor/backend.h"

namespace shortlist::model {

struct TwoTower::State {
  // Checks the spec and the inputs against each other; the parameters are uninitialized.
  State(TwoTowerSpec model_spec, ItemInputs item_inputs, tensor::Backend& model_backend);
  // As above, for a rank that keeps a part of the rows: only training reads such parameters.
  State(TwoTowerSpec model_spec, ItemInputs item_inputs, const HeldRows& held, tensor::Backend& model_backend);

  // Rebuilds item_vectors and shoppers; to be called whenever parameters have changed.
  void Publish();
  // The input vectors of all items, [items, D], as of the last Publish.
  tensor::ConstMatrix ItemVectors() const;

  std::int64_t VectorWidth() const;
  // The item tower over input vectors [n, D], in passes of bounded memory, and the prior of items with that log_demand
  // [n, DemandWidth]. out is [n, VectorWidth()], on the host.
  void EncodeInputs(tensor::ConstMatrix inputs, std::span<const float> log_demand, std::span<float> out) const;

  TwoTowerSpec spec;
  ParameterLayout layout;
  ItemInputs items;
  tensor::Backend* backend;
  Parameters parameters;
  tensor::Buffer item_vectors;                 // empty if the id table holds them
  std::optional<ClosedFormShoppers> shoppers;  // of a model that is solved for, instead of the user tower
};

}  // namespace shortlist::model
