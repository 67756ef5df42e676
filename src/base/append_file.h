// A file that only grows, and whose growth is on disk when it is acknowledged: what logs are written to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace shortlist::base {

// Of one process at a time: another one that opens the file is refused until this one closes it or dies. Not
// thread-safe.
class AppendFile {
 public:
  // Opens the file, or makes it for its owner's eyes alone. What a killed writer left in it is on disk then, so that it
  // may be relied on like all else. Throws Error{kFailedPrecondition} if another process has it open,
  // Error{kUnavailable} if it cannot be opened.
  explicit AppendFile(const std::filesystem::path& path);
  ~AppendFile();
  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&& other) noexcept;

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const { return size_; }

  // Returns when the bytes are on disk. Throws Error{kUnavailable} if they cannot be, and removes what was written of
  // them. A disk that fails to flush may have lost anything since the last flush, so all further calls fail, too: close
  // the file and read it again.
  void Append(std::string_view bytes);
  // Shortens the file; that is on disk with the next Append. Throws Error{kUnavailable}.
  void CutTo(std::uint64_t bytes);

 private:
  AppendFile(std::filesystem::path path, int file);

  [[noreturn]] void Fail(const char* action) const;
  bool WriteAll(std::string_view bytes) const;
  void Close();

  std::filesystem::path path_;
  int file_ = -1;
  std::uint64_t size_ = 0;
  bool lost_ = false;  // whether what is on disk is uncertain
};

}  // namespace shortlist::base
