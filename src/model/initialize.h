// The parameters before training.
#pragma once

#include <cstdint>

#include "model/held_rows.h"
#include "model/parameters.h"
#include "model/two_tower.h"
#include "tensor/backend.h"

namespace shortlist::model {

// Random tables of the spec's initial deviation; matrices of deviation 1 / sqrt(3 * inputs) (the variance of LeCun's
// uniform rule); pool mixers the identity divided by their number; biases zero. Of an encoder, gains are one, biases by
// distance the initial decay, and matrices through which a branch joins what it is added to are zero. A row's values
// depend on the seed, its table and its number alone, whoever holds it. `parameters` are of LayoutOf(held, layout).
void Initialize(const TwoTowerSpec& spec, const ParameterLayout& layout, const HeldRows& held, std::uint64_t seed,
                tensor::Backend& backend, Parameters& parameters);

// All rows of all tables.
void Initialize(const TwoTowerSpec& spec, const ParameterLayout& layout, std::uint64_t seed, tensor::Backend& backend,
                Parameters& parameters);

}  // namespace shortlist::model
