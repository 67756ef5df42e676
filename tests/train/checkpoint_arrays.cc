#include "train/checkpoint_arrays.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/safetensors.h"
#include "model/stored_arrays.h"
#include "train/checkpoint.h"

namespace shortlist::train {
namespace {

// All rows of every array of a file that is stored in `parts` parts.
void ReadArrays(const std::filesystem::path& path, int parts, Arrays& out) {
  for (int p = 0; p < parts; ++p) {
    const base::SafetensorsReader reader(model::PathOf(path, {p, parts}));
    for (const std::string& name : reader.Names()) {
      const auto columns = static_cast<std::size_t>(reader.Shape(name)[1]);
      const std::span<const float> values = reader.Float32(name);
      const bool table = parts > 1 && name.find("embedding") != std::string::npos;
      std::vector<double>& array = out[name];
      for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t row =
            table ? i / columns * static_cast<std::size_t>(parts) + static_cast<std::size_t>(p) : i / columns;
        array.resize(std::max(array.size(), (row + 1) * columns));
        array[row * columns + i % columns] = values[i];
      }
    }
  }
}

}  // namespace

Arrays ReadCheckpoint(const std::filesystem::path& checkpoint, int ranks) {
  VerifyCheckpoint(checkpoint);
  Arrays arrays;
  ReadArrays(ModelOf(checkpoint) / "weights.safetensors", ranks, arrays);
  ReadArrays(OptimizerStateOf(checkpoint), ranks, arrays);
  return arrays;
}

double Difference(const std::vector<double>& a, const std::vector<double>& b) {
  double squares = 0;
  double length = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    squares += (a[i] - b[i]) * (a[i] - b[i]);
    length += b[i] * b[i];
  }
  return squares == 0 ? 0 : std::sqrt(squares / length);
}

void ExpectSameArrays(const Arrays& arrays, const Arrays& expected, double agreement, const std::string& what) {
  ASSERT_EQ(arrays.size(), expected.size());
  for (const auto& [name, values] : expected) {
    ASSERT_EQ(arrays.at(name).size(), values.size()) << name;
    EXPECT_LE(Difference(arrays.at(name), values), agreement) << what << ": " << name;
  }
}

}  // namespace shortlist::train
