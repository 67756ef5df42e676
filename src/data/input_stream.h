// Files as streams of bytes, decompressed by their ending (.zst, .gz, .bz2, .lz4).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "data/source_files.h"

namespace arrow::io {
class InputStream;
class RandomAccessFile;
}  // namespace arrow::io

namespace shortlist::data {

struct Input {
  std::shared_ptr<arrow::io::RandomAccessFile> file;  // as it lies on disk
  std::shared_ptr<arrow::io::InputStream> stream;     // of its decompressed contents

  std::int64_t BytesRead() const;
};

Input OpenInput(const SourceFile& file);

// Splits a file into lines without their ends ("\n" or "\r\n"). Lines live until the next one is read. Longer lines
// than a gibibyte throw Error{kInvalidArgument}.
class LineReader {
 public:
  explicit LineReader(const SourceFile& file);

  bool Next(std::string_view& line);
  std::int64_t line_number() const { return line_number_; }
  std::int64_t BytesRead() const { return input_.BytesRead(); }

 private:
  bool Fill();

  std::string path_;
  Input input_;
  std::string buffer_;
  std::size_t begin_ = 0;
  bool ended_ = false;
  std::int64_t line_number_ = 0;
};

}  // namespace shortlist::data
