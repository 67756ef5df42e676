#include "data/input_stream.h"

#include <arrow/filesystem/filesystem.h>
#include <arrow/io/compressed.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/compression.h>

#include "data/arrow_result.h"

namespace shortlist::data {
namespace {

constexpr std::size_t kBlock = 1 << 18;
constexpr std::size_t kLongestLine = 1 << 30;

arrow::Compression::type CompressionOf(std::string_view path) {
  if (path.ends_with(".zst")) return arrow::Compression::ZSTD;
  if (path.ends_with(".gz")) return arrow::Compression::GZIP;
  if (path.ends_with(".bz2")) return arrow::Compression::BZ2;
  if (path.ends_with(".lz4")) return arrow::Compression::LZ4_FRAME;
  return arrow::Compression::UNCOMPRESSED;
}

}  // namespace

std::int64_t Input::BytesRead() const {
  return file->Tell().ValueOr(0);
}

Input OpenInput(const SourceFile& file) {
  std::string path;
  const auto system = ArrowValue(arrow::fs::FileSystemFromUriOrPath(file.path, &path), file.path);
  Input input;
  input.file = ArrowValue(system->OpenInputFile(path), file.path);
  input.stream = input.file;
  const arrow::Compression::type compression = CompressionOf(path);
  if (compression != arrow::Compression::UNCOMPRESSED) {
    // The stream keeps its codec's decompressor, not the codec.
    const auto codec = ArrowValue(arrow::util::Codec::Create(compression), file.path);
    input.stream = ArrowValue(arrow::io::CompressedInputStream::Make(codec.get(), input.file), file.path);
  }
  return input;
}

LineReader::LineReader(const SourceFile& file) : path_(file.path), input_(OpenInput(file)) {}

bool LineReader::Next(std::string_view& line) {
  std::size_t end = buffer_.find('\n', begin_);
  while (end == std::string::npos && Fill()) end = buffer_.find('\n', begin_);
  if (end == std::string::npos && begin_ == buffer_.size()) return false;
  line = std::string_view(buffer_).substr(begin_, end == std::string::npos ? end : end - begin_);
  begin_ = end == std::string::npos ? buffer_.size() : end + 1;
  if (line.ends_with('\r')) line.remove_suffix(1);
  ++line_number_;
  return true;
}

bool LineReader::Fill() {
  if (ended_) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  if (buffer_.size() > kLongestLine) {
    throw Error(Code::kInvalidArgument, path_ + ":" + std::to_string(line_number_ + 1) + ": line without an end");
  }
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + kBlock);
  const std::int64_t count = ArrowValue(input_.stream->Read(kBlock, buffer_.data() + kept), path_);
  buffer_.resize(kept + static_cast<std::size_t>(count));
  ended_ = count == 0;
  return !ended_;
}

}  // namespace shortlist::data
