// Damage of the kinds that disks, networks and people who mean harm do to files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shortlist::damage {

// The bytes with one to four changes: bits flipped, numbers of four or eight bytes replaced by telling ones, and pieces
// cut off, taken out, doubled or copied elsewhere. Half of the changes fall into the first 512 bytes, where the
// declarations of most formats stand. Equal seeds make equal changes.
std::string Mutated(std::string_view honest, std::uint64_t seed);

// The same of JSON text, where numbers are found by their digits and replaced by telling ones too.
std::string MutatedJson(std::string_view honest, std::uint64_t seed);

}  // namespace shortlist::damage
