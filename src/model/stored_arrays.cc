#include "model/stored_arrays.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <span>
#include <system_error>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::model {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kRowsPerUpload = 1 << 16;

// Rows part, part + count, part + 2 count … below `rows`.
std::int64_t RowsOfPart(std::int64_t rows, FilePart part) {
  return (rows - part.index + part.count - 1) / part.count;
}

// The number of parts that stand beside each other for `path`; 1 if it is one file.
int CountParts(const fs::path& path) {
  if (fs::exists(path)) return 1;
  const std::string start = path.stem().string() + "-00001-of-";
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(path.parent_path(), ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(start)) continue;
    int count = 0;
    const auto [end, problem] = std::from_chars(name.data() + start.size(), name.data() + name.size(), count);
    if (problem == std::errc() && name == PathOf(path, {0, count}).filename().string()) return count;
  }
  return 1;
}

}  // namespace

fs::path PathOf(const fs::path& path, FilePart part) {
  if (part.count == 1) return path;
  std::string suffix(32, '\0');
  suffix.resize(static_cast<std::size_t>(
      std::snprintf(suffix.data(), suffix.size(), "-%05d-of-%05d", part.index + 1, part.count)));
  return path.parent_path() / (path.stem().string() + suffix + path.extension().string());
}

HeldMatrices TablesOf(const Parameters& parameters) {
  HeldMatrices tables;
  for (std::size_t t = 0; t < parameters.tables(); ++t) tables.push_back(parameters.table(t));
  return tables;
}

void ArrayWriter::Download(tensor::ConstMatrix values, std::vector<float>& host) const {
  backend_->Download(values.data, host.data(), host.size() * sizeof(float));
  backend_->Synchronize();
}

std::vector<float> ArrayWriter::Download(tensor::ConstMatrix values) const {
  std::vector<float> host(static_cast<std::size_t>(values.size()));
  Download(values, host);
  return host;
}

void ArrayWriter::Add(const std::string& name, tensor::ConstMatrix values) {
  if (part_.index != 0) return;
  const std::vector<float>& host = host_.emplace_back(Download(values));
  writer_.Add(name, {values.rows, values.columns}, std::span<const float>(host));
}

// Copies those rows of a run that belong to this part.
void ArrayWriter::CopyRun(const RowRun& run, tensor::ConstMatrix rows, std::vector<float>& part) const {
  if (run.ids.empty() && run.stride == part_.count && run.first == part_.index) {
    Download(rows, part);  // in place: a second copy of a large table may not fit
    return;
  }
  const std::vector<float> host = Download(rows);
  for (std::int64_t k = 0; k < rows.rows; ++k) {
    const std::int64_t row = run.ModelRow(k);
    if (row % part_.count != part_.index) continue;
    std::copy_n(host.begin() + k * rows.columns, rows.columns, part.begin() + row / part_.count * rows.columns);
  }
}

void ArrayWriter::AddTable(const std::string& name, std::int64_t rows, const std::vector<RowRun>& runs,
                           const HeldMatrices& held) {
  const std::int64_t columns = held[runs.front().held].columns;
  const std::int64_t part_rows = RowsOfPart(rows, part_);
  std::vector<float>& part = host_.emplace_back(static_cast<std::size_t>(part_rows * columns));
  for (const RowRun& run : runs) CopyRun(run, RowsOf(run, held[run.held]), part);
  writer_.Add(name, {part_rows, columns}, std::span<const float>(part));
}

void ArrayWriter::Add(const std::string& prefix, const ParameterLayout& layout, const HeldRows& held,
                      const Parameters& parameters) {
  const HeldMatrices tables = TablesOf(parameters);
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    AddTable(prefix + layout.tables[t].name, layout.tables[t].rows, held.runs[t], tables);
  }
  for (std::size_t d = 0; d < layout.dense.size(); ++d) Add(prefix + layout.dense[d].name, parameters.dense(d));
}

ArrayReader::ArrayReader(const fs::path& path, tensor::Backend& backend) : path_(path), backend_(&backend) {
  const int count = CountParts(path);
  for (int p = 0; p < count; ++p) parts_.emplace_back(PathOf(path, {p, count}));
}

std::span<const float> ArrayReader::Values(std::size_t part, const std::string& name, std::int64_t rows,
                                           std::int64_t columns) const {
  const std::span<const float> values = parts_[part].Float32(name);
  if (parts_[part].Shape(name) != std::vector<std::int64_t>{rows, columns}) {
    throw Error(Code::kDataLoss, "'" + path_.string() + "': array '" + name + "' is not " + std::to_string(rows) +
                                     " x " + std::to_string(columns) + "; the file belongs to another model");
  }
  return values;
}

void ArrayReader::Read(const std::string& name, tensor::Matrix target) const {
  const std::span<const float> values = Values(0, name, target.rows, target.columns);
  backend_->Upload(values.data(), target.data, values.size_bytes());
  backend_->Synchronize();
}

void ArrayReader::ReadTable(const std::string& name, std::int64_t rows, const std::vector<RowRun>& runs,
                            const HeldMatrices& held) const {
  const std::int64_t columns = held[runs.front().held].columns;
  const auto count = static_cast<int>(parts_.size());
  std::vector<std::span<const float>> parts;
  for (int p = 0; p < count; ++p) {
    parts.push_back(Values(static_cast<std::size_t>(p), name, RowsOfPart(rows, {p, count}), columns));
  }
  for (const RowRun& run : runs) ReadRun(parts, run, RowsOf(run, held[run.held]));
}

void ArrayReader::ReadRun(const std::vector<std::span<const float>>& parts, const RowRun& run,
                          tensor::Matrix target) const {
  const auto count = static_cast<std::int64_t>(parts.size());
  std::vector<float> host;
  for (std::int64_t begin = 0; begin < run.rows; begin += kRowsPerUpload) {
    const std::int64_t rows = std::min(kRowsPerUpload, run.rows - begin);
    host.resize(static_cast<std::size_t>(rows * target.columns));
    for (std::int64_t k = 0; k < rows; ++k) {
      const std::int64_t row = run.ModelRow(begin + k);
      const float* source = parts[static_cast<std::size_t>(row % count)].data() + row / count * target.columns;
      std::copy_n(source, target.columns, host.begin() + k * target.columns);
    }
    backend_->Upload(host.data(), target.data + begin * target.columns, host.size() * sizeof(float));
    backend_->Synchronize();
  }
}

void ArrayReader::Read(const std::string& prefix, const ParameterLayout& layout, const HeldRows& held,
                       const Parameters& parameters) const {
  const HeldMatrices tables = TablesOf(parameters);
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    ReadTable(prefix + layout.tables[t].name, layout.tables[t].rows, held.runs[t], tables);
  }
  for (std::size_t d = 0; d < layout.dense.size(); ++d) Read(prefix + layout.dense[d].name, parameters.dense(d));
}

std::int64_t ArrayReader::Count(const std::string& key) const {
  const auto entry = parts_.front().metadata().find(key);
  std::int64_t count = -1;
  if (entry != parts_.front().metadata().end()) {
    const std::string& text = entry->second;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (problem != std::errc() || end != text.data() + text.size()) count = -1;
  }
  if (count >= 0) return count;
  throw Error(Code::kDataLoss, "'" + path_.string() + "': its metadata lack the count '" + key + "'");
}

}  // namespace shortlist::model
