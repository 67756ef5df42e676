// Blocks of bytes in a file that only grows, each of which is whole or is known not to be. docs/formats.md describes
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shortlist::profile {

inline constexpr std::size_t kBlockHeaderBytes = 12;

std::string BlockOf(std::string_view content);
// The content of the block at a place, if a whole one is there.
std::optional<std::string_view> BlockAt(std::string_view bytes, std::size_t place);
// Whether a whole block begins anywhere after a place.
bool BlockFollows(std::string_view bytes, std::size_t place);

}  // namespace shortlist::profile
