#include "index/sample.h"

#include <algorithm>
#include <array>

#include "base/safetensors.h"
#include "index/require.h"

namespace shortlist::index {
namespace {

template <class Value>
std::vector<Value> Copy(std::span<const Value> values) {
  return {values.begin(), values.end()};
}

Sample Parse(const base::SafetensorsReader& file, std::int64_t width, std::int64_t items) {
  const std::vector<std::int64_t>& queries = file.Shape("queries");
  const std::vector<std::int64_t>& answers = file.Shape("exact_ids");
  const bool fit = queries.size() == 2 && queries[1] == width && answers.size() == 2 && answers[0] == queries[0];
  RequireStored(fit && file.Float64("index_recall").size() == 1, "the sample's queries and answers do not fit");
  const auto ids = file.Int32("exact_ids");
  const bool known = std::all_of(ids.begin(), ids.end(), [&](std::int32_t id) { return id >= -1 && id < items; });
  RequireStored(known, "an answer of the sample is not an item");
  return {answers[1], Copy(file.Float32("queries")), Copy(ids), file.Float64("index_recall").front()};
}

}  // namespace

void WriteSample(const Sample& sample, std::int64_t width, const std::filesystem::path& path) {
  const std::int64_t count = static_cast<std::int64_t>(sample.queries.size()) / width;
  const std::array<double, 1> recall{sample.index_recall};
  base::SafetensorsWriter writer;
  writer.Add("queries", {count, width}, std::span<const float>(sample.queries));
  writer.Add("exact_ids", {count, sample.k}, std::span<const std::int32_t>(sample.exact_ids));
  writer.Add("index_recall", {1}, std::span<const double>(recall));
  writer.Write(path);
}

Sample ReadSample(const std::filesystem::path& path, std::int64_t width, std::int64_t items) {
  return NamingFile(path, [&] { return Parse(base::SafetensorsReader::InMemory(path), width, items); });
}

}  // namespace shortlist::index
