// The changes of the catalog on disk: a file that only grows, read at a start. docs/formats.md describes it.
#pragma once

#include <filesystem>
#include <span>

#include "base/append_file.h"
#include "serve/catalog_change.h"

namespace shortlist::serve {

// One process at a time. Not thread-safe.
class CatalogLog {
 public:
  // Opens the file, or makes it. A last line that is cut off or damaged was never acknowledged and is removed. Throws
  // Error{kDataLoss} naming the line for damage elsewhere, Error{kFailedPrecondition} if another process has it open or
  // it is something else, Error{kUnavailable} if it cannot be written.
  explicit CatalogLog(std::filesystem::path path);

  // What the file said when it was opened.
  const CatalogChanges& changes() const { return changes_; }

  // Returns when the changes are on disk. Throws Error{kUnavailable} if they cannot be; then none of them is.
  void Append(std::span<const CatalogChange> changes);
  // Leaves these alone in the file. Throws Error{kUnavailable} and leaves it as it was if that cannot be written.
  void Replace(const CatalogChanges& changes);

 private:
  void Read();

  base::AppendFile file_;
  CatalogChanges changes_;
};

}  // namespace shortlist::serve
