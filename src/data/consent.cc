#include "data/consent.h"

#include "data/columns.h"
#include "features/value.h"

namespace shortlist::data {
namespace {

constexpr std::string_view kTraining = "training";

bool Contains(std::string_view purposes, std::string_view wanted) {
  while (!purposes.empty()) {
    const std::size_t end = purposes.find('|');
    if (features::Trim(purposes.substr(0, end)) == wanted) return true;
    purposes = end == std::string_view::npos ? std::string_view() : purposes.substr(end + 1);
  }
  return false;
}

}  // namespace

Consent Consent::Read(const ConsentSource& source, const std::filesystem::path& base, Quarantine& quarantine,
                      SourceReport& report) {
  Consent consent;
  Columns columns;
  const std::size_t user = columns.Place(source.user);
  const std::size_t purposes = columns.Place(source.purposes);
  RowBatch batch;
  for (const SourceFile& file : ExpandSources(source.paths, {"data.consent", source.format, ""}, base)) {
    const auto rows = OpenRows(file, columns.names());
    while (rows->Next(batch)) {
      report.read += static_cast<std::int64_t>(batch.rows() + batch.malformed.size());
      for (const MalformedRow& row : batch.malformed) report.Refuse(file, row, quarantine);
      for (std::size_t row = 0; row < batch.rows(); ++row) {
        const std::string_view name = batch.cells[user][row];
        if (name.empty()) {
          report.Refuse(file, {batch.lines[row], source.user + " is empty"}, quarantine);
        } else if (Contains(batch.cells[purposes][row], kTraining)) {
          consent.allowed_.emplace(name);
        } else if (const auto found = consent.allowed_.find(name); found != consent.allowed_.end()) {
          consent.allowed_.erase(found);
        }
      }
    }
  }
  return consent;
}

}  // namespace shortlist::data
