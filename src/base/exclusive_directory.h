// A directory that is filled file by file, over several runs of a program, by one process at a time.
#pragma once

#include <filesystem>

namespace shortlist::base {

// Holds the directory until destruction. Files in it are meant to be written by AtomicFile.
class ExclusiveDirectory {
 public:
  // Makes the directory if it is missing, and removes the temporary files that killed writers left in it. Throws
  // Error{kFailedPrecondition} if another process holds it, Error{kUnavailable} if it cannot be made.
  explicit ExclusiveDirectory(std::filesystem::path path);
  ~ExclusiveDirectory();
  ExclusiveDirectory(const ExclusiveDirectory&) = delete;
  ExclusiveDirectory& operator=(const ExclusiveDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  void RemoveLeftovers() const;

  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace shortlist::base
