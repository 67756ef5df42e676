// All numbers of a checkpoint, and how far two of them are apart.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace shortlist::train {

// Array name to the values of all rows.
using Arrays = std::map<std::string, std::vector<double>>;

// Parameters and optimizer state of a checkpoint that `ranks` wrote, once it is verified.
Arrays ReadCheckpoint(const std::filesystem::path& checkpoint, int ranks);

// |a - b| / |b| in the Euclidean norm.
double Difference(const std::vector<double>& a, const std::vector<double>& b);

// Expects the same arrays, each within `agreement`; `what` is for messages.
void ExpectSameArrays(const Arrays& arrays, const Arrays& expected, double agreement, const std::string& what);

}  // namespace shortlist::train
