// From a version on disk to one that is ready to answer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "serve/snapshot.h"

namespace shortlist::serve {

// Bytes that a bundle will take in memory, from the sizes in its manifest.
std::uint64_t MemoryNeeded(const std::filesystem::path& bundle_directory);

// Refuses a bundle for which there is no room before reading it, loads it (ServingSnapshot::Load) and has it answer
// requests that nobody waits for, so that the first shopper does not pay for cold memory. `memory_limit` bounds what
// the process may hold in bytes; 0 for what the container or the machine has. Throws Error{kResourceExhausted} saying
// how much is missing, and whatever Load throws.
std::shared_ptr<const ServingSnapshot> LoadVersion(const std::filesystem::path& bundle_directory,
                                                   std::uint64_t memory_limit);

}  // namespace shortlist::serve
