// Curves for TensorBoard: an event file of scalars, in TensorFlow's record format (a length, a masked CRC-32C of it,
// the data, a masked CRC-32C of those) with tensorflow.Event messages as data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace shortlist::train {

// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78).
std::uint32_t Crc32c(std::string_view bytes);

// A file of its own in `directory`, so that the curves of a resumed run continue those before. Not thread-safe.
class ScalarLog {
 public:
  // Throws Error{kUnavailable} if the file cannot be created.
  explicit ScalarLog(const std::filesystem::path& directory);

  void Add(std::string_view tag, std::int64_t step, double value);
  // Makes what was added visible to readers.
  void Flush();

  const std::filesystem::path& path() const { return path_; }

 private:
  void WriteRecord(const std::string& data);

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace shortlist::train
