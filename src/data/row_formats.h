// One reader per format; see OpenRows in row_reader.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/row_reader.h"

namespace shortlist::data {

// RFC 4180 for csv; tsv (IANA text/tab-separated-values) has no quoting, so quotes are characters like any other.
std::unique_ptr<RowReader> OpenCsv(const SourceFile& file, const std::vector<std::string>& columns);

// Cells of any type become text; lists are joined with `|`.
std::unique_ptr<RowReader> OpenParquet(const SourceFile& file, const std::vector<std::string>& columns);

// One JSON object per line; lists are joined with `|`.
std::unique_ptr<RowReader> OpenJsonLines(const SourceFile& file, const std::vector<std::string>& columns);

std::unique_ptr<RowReader> OpenSequences(const SourceFile& file, const std::vector<std::string>& columns);

// For readers with a fixed set of columns: the place of each requested column in `existing`.
std::vector<std::size_t> FindColumns(const SourceFile& file, const std::vector<std::string>& existing,
                                     const std::vector<std::string>& columns);

}  // namespace shortlist::data
