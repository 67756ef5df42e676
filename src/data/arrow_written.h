// From Arrow's statuses of writing a file to Error: what fails is the disk. Only for sources that use Arrow.
#pragma once

#include <filesystem>

#include <arrow/status.h>

#include "shortlist/error.h"

namespace shortlist::data {

inline void CheckWritten(const arrow::Status& status, const std::filesystem::path& path) {
  if (!status.ok()) throw Error(Code::kUnavailable, "cannot write '" + path.string() + "': " + status.message());
}

}  // namespace shortlist::data
