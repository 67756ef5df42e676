// What must hold, or else an Error.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "shortlist/error.h"

namespace shortlist::index {

// Of what a caller hands in to be written.
inline void RequireInput(bool sound, std::string_view otherwise) {
  if (!sound) throw Error(Code::kInvalidArgument, "cannot write a bundle: " + std::string(otherwise));
}

[[noreturn]] inline void RefuseStored(std::string_view reason) {
  throw Error(Code::kDataLoss, std::string(reason));
}

// Of what a file holds, so that damaged or foreign files cannot lead a reader out of bounds.
inline void RequireStored(bool sound, std::string_view otherwise) {
  if (!sound) RefuseStored(otherwise);
}

// Runs `read` and lets every error of it name the file.
template <class Read>
auto NamingFile(const std::filesystem::path& path, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    throw Error(error.code(), "'" + path.string() + "': " + error.what());
  }
}

}  // namespace shortlist::index
