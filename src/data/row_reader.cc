#include "data/row_reader.h"

#include <algorithm>

#include "data/row_formats.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

std::string Quoted(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
}

}  // namespace

std::vector<std::size_t> FindColumns(const SourceFile& file, const std::vector<std::string>& existing,
                                     const std::vector<std::string>& columns) {
  std::vector<std::size_t> places;
  for (const std::string& column : columns) {
    const auto found = std::find(existing.begin(), existing.end(), column);
    if (found == existing.end()) {
      throw Error(Code::kInvalidArgument, file.path + ": there is no column '" + column + "'; the file has " +
                                              Quoted(existing) + ". Correct the name in the configuration");
    }
    places.push_back(static_cast<std::size_t>(found - existing.begin()));
  }
  return places;
}

std::unique_ptr<RowReader> OpenRows(const SourceFile& file, const std::vector<std::string>& columns) {
  switch (file.format) {
    case SourceFormat::kCsv:
    case SourceFormat::kTsv:
      return OpenCsv(file, columns);
    case SourceFormat::kParquet:
      return OpenParquet(file, columns);
    case SourceFormat::kJsonLines:
      return OpenJsonLines(file, columns);
    case SourceFormat::kSequences:
      return OpenSequences(file, columns);
    case SourceFormat::kAuto:
      break;
  }
  throw Error(Code::kInternal, file.path + ": opened without a format");
}

}  // namespace shortlist::data
