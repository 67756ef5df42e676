// Writes one part of a dataset as an Arrow IPC file: one row per user with the list of the user's events. Columns grow
// in scratch files, so memory does not grow with the events.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

namespace shortlist::data {

// Columns of the events beside item, time and weight.
struct PartColumns {
  bool event_type = false;
  bool quantity = false;
  bool price = false;
  bool from_answer = false;
  std::vector<std::string> context;  // names of categorical features
  std::int64_t context_dense = 0;    // width
};

struct PartEvent {
  std::int32_t item = 0;
  std::int64_t time = 0;
  float weight = 1;
  std::int32_t event_type = 0;
  float quantity = 0;
  float price = 0;
  std::int32_t from_answer = 0;  // 1 if it followed one
};

// Values of one fixed-width column, in a file that grows.
class ColumnFile {
 public:
  explicit ColumnFile(std::filesystem::path path);

  template <class T>
  void Append(T value) {
    const auto* bytes = reinterpret_cast<const char*>(&value);
    buffer_.insert(buffer_.end(), bytes, bytes + sizeof value);
    if (buffer_.size() >= kBuffer) Flush();
  }
  // Throws Error{kUnavailable} when the disk is full.
  void Close();
  const std::filesystem::path& path() const { return path_; }

 private:
  static constexpr std::size_t kBuffer = 1 << 14;

  void Flush();

  std::filesystem::path path_;
  std::ofstream stream_;
  std::vector<char> buffer_;
};

class PartWriter {
 public:
  // `scratch` is an existing directory, into which nothing else writes files named after this part.
  PartWriter(std::filesystem::path file, const std::filesystem::path& scratch, PartColumns columns);

  // Users rise. context has one id per feature, context_dense the width of numbers.
  void Append(std::int64_t user, const PartEvent& event, std::span<const std::int32_t> context,
              std::span<const float> context_dense);
  void Finish(std::int64_t users);

  std::int64_t events() const { return events_; }

 private:
  void EndUsersBefore(std::int64_t user);

  std::filesystem::path file_;
  PartColumns columns_;
  ColumnFile offsets_;
  ColumnFile items_;
  ColumnFile times_;
  ColumnFile weights_;
  ColumnFile event_types_;
  ColumnFile quantities_;
  ColumnFile prices_;
  ColumnFile from_answers_;
  std::vector<ColumnFile> context_;
  ColumnFile context_dense_;
  std::int64_t events_ = 0;
  std::int64_t user_ = 0;
};

}  // namespace shortlist::data
