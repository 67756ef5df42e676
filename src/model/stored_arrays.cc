#include "model/stored_arrays.h"

#include <charconv>
#include <span>
#include <system_error>

#include "shortlist/error.h"

namespace shortlist::model {

void ArrayWriter::Add(const std::string& name, tensor::ConstMatrix values) {
  std::vector<float>& host = host_.emplace_back(static_cast<std::size_t>(values.size()));
  backend_->Download(values.data, host.data(), host.size() * sizeof(float));
  backend_->Synchronize();
  writer_.Add(name, {values.rows, values.columns}, std::span<const float>(host));
}

void ArrayWriter::Add(const std::string& prefix, const ParameterLayout& layout, const Parameters& parameters) {
  for (std::size_t t = 0; t < layout.tables.size(); ++t) Add(prefix + layout.tables[t].name, parameters.table(t));
  for (std::size_t d = 0; d < layout.dense.size(); ++d) Add(prefix + layout.dense[d].name, parameters.dense(d));
}

ArrayReader::ArrayReader(const std::filesystem::path& path, tensor::Backend& backend)
    : path_(path), reader_(path), backend_(&backend) {}

void ArrayReader::Read(const std::string& name, tensor::Matrix target) const {
  const std::span<const float> values = reader_.Float32(name);
  const std::vector<std::int64_t> expected = {target.rows, target.columns};
  if (reader_.Shape(name) != expected) {
    throw Error(Code::kDataLoss, "'" + path_.string() + "': array '" + name + "' is not " +
                                     std::to_string(target.rows) + " x " + std::to_string(target.columns) +
                                     "; the file belongs to another model");
  }
  backend_->Upload(values.data(), target.data, values.size_bytes());
  backend_->Synchronize();
}

void ArrayReader::Read(const std::string& prefix, const ParameterLayout& layout, const Parameters& parameters) const {
  for (std::size_t t = 0; t < layout.tables.size(); ++t) Read(prefix + layout.tables[t].name, parameters.table(t));
  for (std::size_t d = 0; d < layout.dense.size(); ++d) Read(prefix + layout.dense[d].name, parameters.dense(d));
}

std::int64_t ArrayReader::Count(const std::string& key) const {
  const auto entry = reader_.metadata().find(key);
  std::int64_t count = -1;
  if (entry != reader_.metadata().end()) {
    const std::string& text = entry->second;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (problem != std::errc() || end != text.data() + text.size()) count = -1;
  }
  if (count >= 0) return count;
  throw Error(Code::kDataLoss, "'" + path_.string() + "': its metadata lack the count '" + key + "'");
}

}  // namespace shortlist::model
