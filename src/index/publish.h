// Bundles into a directory of versions, whole or not at all.
#pragma once

#include <filesystem>
#include <string>

namespace shortlist::index {

// Copies a bundle into the folder of its version's name below `models`, which is made if it is missing. Bundle and copy
// are verified; a reader of `models` sees nothing of the copy before it is whole and on disk. Does nothing if the
// version is there already. Returns the version. Throws Error{kNotFound} if there is no bundle, Error{kDataLoss} naming
// a file that is damaged, Error{kAlreadyExists} if something else has the version's name, and Error{kUnavailable} if
// the disk is full.
std::string PublishBundle(const std::filesystem::path& bundle, const std::filesystem::path& models);

}  // namespace shortlist::index
