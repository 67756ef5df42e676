// The changes of the catalog on disk: a file that only grows, read at a start. docs/formats.md describes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/append_file.h"
#include "serve/catalog_change.h"

namespace shortlist::serve {

// What a log says. Changes are numbered from 1, in their order and never anew, so that whoever has seen those up to a
// number knows which ones came later.
struct CatalogLogContents {
  std::string name;  // that the log gave itself when it was made
  std::int64_t last_number = 0;
  CatalogChanges changes;  // the last one of each item
};

// Of a log that a server may be writing; leaves out a last line that is not whole. What it returns is on disk. Throws
// Error{kNotFound} if there is no such file, Error{kFailedPrecondition} if it is something else or of a format before
// changes were numbered, Error{kDataLoss} naming the line for damage.
CatalogLogContents ReadCatalogLog(const std::filesystem::path& path);

// One process at a time. Not thread-safe.
class CatalogLog {
 public:
  // Opens the file, or makes it. A last line that is cut off or damaged was never acknowledged and is removed. Throws
  // Error{kDataLoss} naming the line for damage elsewhere, Error{kFailedPrecondition} if another process has it open or
  // it is something else, Error{kUnavailable} if it cannot be written.
  explicit CatalogLog(const std::filesystem::path& path);

  const std::string& name() const { return contents_.name; }
  // What the file said when it was opened.
  const CatalogChanges& changes() const { return contents_.changes; }

  // Gives the changes the numbers that come next. No number is given twice.
  void Number(std::span<CatalogChange> changes);
  // Returns when the changes, which have been numbered, are on disk. Throws Error{kUnavailable} if they cannot be; then
  // none of them is.
  void Append(std::span<const CatalogChange> changes);
  // Leaves these alone in the file. Throws Error{kUnavailable} and leaves it as it was if that cannot be written.
  void Replace(const CatalogChanges& changes);

 private:
  void Read();

  base::AppendFile file_;
  CatalogLogContents contents_;
};

}  // namespace shortlist::serve
