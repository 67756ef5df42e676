// Files of fixed-width records, written and read in order through a buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

namespace shortlist::data {

class RecordWriter {
 public:
  RecordWriter(const std::filesystem::path& path, std::size_t record_bytes, std::size_t buffer_bytes);

  void Append(const std::byte* record);
  // Must be called; throws Error{kUnavailable} when the disk is full.
  void Close();

 private:
  void Flush();

  std::filesystem::path path_;
  std::ofstream stream_;
  std::size_t record_bytes_;
  std::size_t capacity_;
  std::vector<std::byte> buffer_;
};

class RecordReader {
 public:
  RecordReader(const std::filesystem::path& path, std::size_t record_bytes, std::size_t buffer_bytes);

  // The next record, which lives until the next call; null at the end.
  const std::byte* Next();

 private:
  std::filesystem::path path_;
  std::ifstream stream_;
  std::size_t record_bytes_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace shortlist::data
