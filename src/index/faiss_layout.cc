#include "index/faiss_layout.h"

#include <array>
#include <string>

#include "index/require.h"

namespace shortlist::index {
namespace {

constexpr std::int64_t kIdBytes = sizeof(std::int64_t);
constexpr std::int64_t kFloatBytes = sizeof(float);

}  // namespace

FaissLayout::FaissLayout(const std::filesystem::path& path)
    : file_(path, std::ios::binary), left_(static_cast<std::int64_t>(std::filesystem::file_size(path))) {}

void FaissLayout::ReadBytes(void* to, std::int64_t bytes) {
  RequireStored(bytes <= left_, "it is cut off");
  file_.read(static_cast<char*>(to), bytes);
  RequireStored(file_.good(), "it cannot be read");
  left_ -= bytes;
}

void FaissLayout::Skip(std::int64_t bytes) {
  file_.seekg(bytes, std::ios::cur);
  left_ -= bytes;
}

void FaissLayout::Name(std::string_view fourcc) {
  std::array<char, 4> name{};
  ReadBytes(name.data(), name.size());
  RequireStored(std::string_view(name.data(), name.size()) == fourcc,
                "it is not of Faiss's kind " + std::string(fourcc));
}

void FaissLayout::Header(std::string_view fourcc, VectorShape shape, StoredMetric metric) {
  Name(fourcc);
  Expect(static_cast<std::int32_t>(shape.width), "its vectors have another width");
  Expect(shape.count, "it holds another number of vectors");
  Read<std::int64_t>();
  Read<std::int64_t>();
  Expect(std::uint8_t{1}, "it is not trained");
  Expect(static_cast<std::int32_t>(metric), "its metric is another");
}

std::int64_t FaissLayout::Array(std::int64_t value_bytes) {
  const auto count = Read<std::uint64_t>();
  RequireStored(count <= static_cast<std::uint64_t>(left_ / value_bytes), "a table is cut off");
  Skip(static_cast<std::int64_t>(count) * value_bytes);
  return static_cast<std::int64_t>(count);
}

void FaissLayout::Array(std::int64_t value_bytes, std::int64_t expected, std::string_view otherwise) {
  RequireStored(Array(value_bytes) == expected, otherwise);
}

void FaissLayout::Flat(std::string_view fourcc, VectorShape shape, StoredMetric metric) {
  Header(fourcc, shape, metric);
  Array(kFloatBytes, shape.count * shape.width, "its table of vectors has another shape");
}

std::int64_t FaissLayout::ListsHeader(std::string_view fourcc, VectorShape shape) {
  Header(fourcc, shape);
  const auto lists = Read<std::int64_t>();
  RequireStored(lists > 0 && lists <= left_ / (kFloatBytes * shape.width), "it has too many lists");
  Read<std::int64_t>();  // probes, which the settings say
  Flat("IxF2", {lists, shape.width}, StoredMetric::kDistance);
  Expect(std::uint8_t{0}, "it has a map of ids");
  Array(kIdBytes, 0, "it has a map of ids");
  return lists;
}

void FaissLayout::Sizes(std::int64_t lists, std::int64_t count) {
  std::array<char, 4> name{};
  ReadBytes(name.data(), name.size());
  const bool sparse = std::string_view(name.data(), name.size()) == "sprs";
  RequireStored(sparse || std::string_view(name.data(), name.size()) == "full", "its lists have an unknown form");
  const auto values = Read<std::int64_t>();
  RequireStored(sparse ? values >= 0 && values <= 2 * lists && values % 2 == 0 : values == lists,
                "it has another number of lists");
  std::int64_t sum = 0;
  std::int64_t previous = -1;
  for (std::int64_t i = 0; i < values; i += sparse ? 2 : 1) {
    if (sparse) {
      const auto list = Read<std::int64_t>();
      RequireStored(list > previous && list < lists, "a list has an unknown number");
      previous = list;
    }
    const auto size = Read<std::int64_t>();
    RequireStored(size >= 0 && size <= count - sum, "its lists hold more vectors than there are");
    sum += size;
  }
  RequireStored(sum == count, "its lists hold fewer vectors than there are");
}

void FaissLayout::Lists(std::int64_t lists, std::int64_t count, std::int64_t code_bytes) {
  Name("ilar");
  Expect(lists, "it has another number of lists");
  Expect(code_bytes, "its lists hold other codes");
  Sizes(lists, count);
  RequireStored(count <= left_ / (code_bytes + kIdBytes), "its lists are cut off");
  Skip(count * (code_bytes + kIdBytes));
}

void FaissLayout::BlockLists(std::int64_t lists, std::int64_t count, std::int64_t per_block, std::int64_t block_bytes) {
  Name("ilbl");
  Expect(lists, "it has another number of lists");
  Read<std::uint64_t>();  // bytes of a code, which blocks do not have
  Expect(per_block, "its blocks are unsound");
  Expect(block_bytes, "its blocks are unsound");
  std::int64_t sum = 0;
  for (std::int64_t list = 0; list < lists; ++list) {
    const std::int64_t size = Array(kIdBytes);
    sum += size;
    Array(1, (size + per_block - 1) / per_block * block_bytes, "the codes of a list are cut off");
  }
  RequireStored(sum == count, "its lists hold another number of vectors");
}

void FaissLayout::End() const {
  RequireStored(left_ == 0, "something follows it");
}

}  // namespace shortlist::index
