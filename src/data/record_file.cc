#include "data/record_file.h"

#include <algorithm>

#include "shortlist/error.h"

namespace shortlist::data {
namespace {

std::size_t WholeRecords(std::size_t bytes, std::size_t record_bytes) {
  return std::max<std::size_t>(1, bytes / record_bytes) * record_bytes;
}

}  // namespace

RecordWriter::RecordWriter(const std::filesystem::path& path, std::size_t record_bytes, std::size_t buffer_bytes)
    : path_(path),
      stream_(path, std::ios::binary | std::ios::trunc),
      record_bytes_(record_bytes),
      capacity_(WholeRecords(buffer_bytes, record_bytes)) {
  if (!stream_) throw Error(Code::kUnavailable, "cannot create '" + path.string() + "'");
  buffer_.reserve(capacity_);
}

void RecordWriter::Append(const std::byte* record) {
  buffer_.insert(buffer_.end(), record, record + record_bytes_);
  if (buffer_.size() >= capacity_) Flush();
}

void RecordWriter::Flush() {
  stream_.write(reinterpret_cast<const char*>(buffer_.data()), static_cast<std::streamsize>(buffer_.size()));
  if (!stream_) throw Error(Code::kUnavailable, "cannot write '" + path_.string() + "'; is the disk full?");
  buffer_.clear();
}

void RecordWriter::Close() {
  Flush();
  stream_.close();
  if (!stream_) throw Error(Code::kUnavailable, "cannot write '" + path_.string() + "'; is the disk full?");
}

RecordReader::RecordReader(const std::filesystem::path& path, std::size_t record_bytes, std::size_t buffer_bytes)
    : path_(path),
      stream_(path, std::ios::binary),
      record_bytes_(record_bytes),
      buffer_(WholeRecords(buffer_bytes, record_bytes)) {
  if (!stream_) throw Error(Code::kUnavailable, "cannot open '" + path.string() + "'");
}

const std::byte* RecordReader::Next() {
  if (begin_ == end_) {
    stream_.read(reinterpret_cast<char*>(buffer_.data()), static_cast<std::streamsize>(buffer_.size()));
    begin_ = 0;
    end_ = static_cast<std::size_t>(stream_.gcount());
    if (end_ == 0) return nullptr;
    if (end_ % record_bytes_ != 0) throw Error(Code::kDataLoss, "'" + path_.string() + "' ends inside a record");
  }
  const std::byte* record = buffer_.data() + begin_;
  begin_ += record_bytes_;
  return record;
}

}  // namespace shortlist::data
