// Random keys in a file, each of which can be destroyed by itself. docs/formats.md describes the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret_key.h"

namespace shortlist::profile {

// Keys are numbered from 0. A key is made of its bytes in the file and of a secret that is elsewhere, so that whoever
// has only one of the two has none. One process at a time. Thread-safe.
class KeyFile {
 public:
  // Reads the keys of the file, which need not be there. Throws Error{kUnavailable} if it cannot be read.
  KeyFile(std::filesystem::path path, base::SecretKey secret);
  ~KeyFile();
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // The number of a key that nobody had before, which is on disk. Throws Error{kUnavailable} if it cannot be.
  std::uint64_t Take();
  // base::kEncryptionKeyBytes; nothing if it was destroyed. Throws Error{kDataLoss} if the file never had it.
  std::optional<std::string> Key(std::uint64_t number);
  // Returns when neither the disk nor this process has the keys any more. Throws Error{kUnavailable} if the disk fails;
  // then do it again.
  void Destroy(std::span<const std::uint64_t> numbers);

 private:
  void Open();
  void Write(std::string_view bytes, std::size_t place);
  void Grow();
  [[noreturn]] void Fail(const char* action) const;

  const std::filesystem::path path_;
  const base::SecretKey secret_;
  std::mutex mutex_;  // of all that follows
  int file_ = -1;
  std::string bytes_;                             // of the file, as far as they are keys
  std::vector<std::optional<std::string>> keys_;  // that were asked for
  std::uint64_t next_ = 0;
};

}  // namespace shortlist::profile
