#include "data/source_report.h"

#include "shortlist/error.h"

namespace shortlist::data {

void SourceReport::Refuse(const SourceFile& file, const MalformedRow& row, Quarantine& quarantine) {
  ++quarantined;
  quarantine.Add(file.path, row.line, row.reason);
}

void SourceReport::CheckBadFraction(double most, Quarantine& quarantine) const {
  if (static_cast<double>(quarantined) <= most * static_cast<double>(read)) return;
  quarantine.Commit();
  throw Error(Code::kInvalidArgument,
              source + ": " + std::to_string(quarantined) + " of " + std::to_string(read) +
                  " rows are malformed, more than data.max_bad_fraction allows (" + std::to_string(most) + "); see '" +
                  quarantine.path().string() +
                  "' for file, line and reason of each, then mend the source or raise the limit");
}

}  // namespace shortlist::data
