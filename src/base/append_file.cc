#include "base/append_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

int OpenToAppend(const std::filesystem::path& path) {
  constexpr int kOwnerOnly = 0600;
  return ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, kOwnerOnly);
}

}  // namespace

AppendFile::AppendFile(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {
  if (file_ < 0) Fail("open");
}

AppendFile::AppendFile(const std::filesystem::path& path) : AppendFile(path, OpenToAppend(path)) {
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    throw Error(Code::kFailedPrecondition,
                "another process writes '" + path_.string() + "'; give every server files of its own");
  }
  struct stat status {};
  if (::fstat(file_, &status) != 0) Fail("look at");
  size_ = static_cast<std::uint64_t>(status.st_size);
  if (::fdatasync(file_) != 0) Fail("flush");
  SyncFolderOf(path_);
}

AppendFile::~AppendFile() {
  Close();
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), size_(other.size_), lost_(other.lost_) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
  if (this == &other) return *this;
  Close();
  path_ = std::move(other.path_);
  file_ = std::exchange(other.file_, -1);
  size_ = other.size_;
  lost_ = other.lost_;
  return *this;
}

void AppendFile::Close() {
  if (file_ >= 0) ::close(std::exchange(file_, -1));
}

void AppendFile::Fail(const char* action) const {
  throw Error(Code::kUnavailable,
              std::string("cannot ") + action + " '" + path_.string() + "': " + std::strerror(errno));
}

bool AppendFile::WriteAll(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void AppendFile::Append(std::string_view bytes) {
  if (lost_) throw Error(Code::kUnavailable, "'" + path_.string() + "' could not be flushed before; start again");
  if (!WriteAll(bytes)) {
    const int reason = errno;
    CutTo(size_);
    errno = reason;
    Fail("write");
  }
  if (::fdatasync(file_) != 0) {
    lost_ = true;
    Fail("flush");
  }
  size_ += bytes.size();
}

void AppendFile::CutTo(std::uint64_t bytes) {
  if (::ftruncate(file_, static_cast<off_t>(bytes)) != 0) {
    lost_ = true;
    Fail("shorten");
  }
  size_ = bytes;
}

}  // namespace shortlist::base
