// How many rows of a source were read and how many were malformed.
#pragma once

#include <cstdint>
#include <string>

#include "data/quarantine.h"
#include "data/row_reader.h"

namespace shortlist::data {

struct SourceReport {
  std::string source;  // "events", "catalog", "consent"
  std::int64_t read = 0;
  std::int64_t quarantined = 0;

  // Counts a malformed row and writes it down.
  void Refuse(const SourceFile& file, const MalformedRow& row, Quarantine& quarantine);
  // If more than the given share of rows is malformed: puts the quarantine file into place for inspection and throws
  // Error{kInvalidArgument} naming it.
  void CheckBadFraction(double most, Quarantine& quarantine) const;
};

}  // namespace shortlist::data
