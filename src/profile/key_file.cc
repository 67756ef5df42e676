#include "profile/key_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "base/encryption.h"
#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

constexpr std::size_t kKeyBytes = base::kEncryptionKeyBytes;
// Made together, so that a shopper who is new in the file seldom waits for the disk.
constexpr std::size_t kKeysAtOnce = 1024;

const std::string& Destroyed() {
  static const std::string zeros(kKeyBytes, '\0');
  return zeros;
}

}  // namespace

// Keys that nobody took before a start are left: whoever took one may have been cut off with what was sealed.
KeyFile::KeyFile(std::filesystem::path path, base::SecretKey secret)
    : path_(std::move(path)), secret_(std::move(secret)) {
  if (!std::filesystem::exists(path_)) return;
  bytes_ = base::ReadFile(path_);
  bytes_.resize(bytes_.size() / kKeyBytes * kKeyBytes);
  next_ = bytes_.size() / kKeyBytes;
  keys_.resize(next_);
}

KeyFile::~KeyFile() {
  if (file_ >= 0) ::close(file_);
}

void KeyFile::Fail(const char* action) const {
  throw Error(Code::kUnavailable,
              std::string("cannot ") + action + " '" + path_.string() + "': " + std::strerror(errno));
}

void KeyFile::Open() {
  if (file_ >= 0) return;
  constexpr int kOwnerOnly = 0600;
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (file_ < 0) Fail("open");
  base::SyncFolderOf(path_);
}

void KeyFile::Write(std::string_view bytes, std::size_t place) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(place));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) Fail("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
    place += static_cast<std::size_t>(written);
  }
}

void KeyFile::Grow() {
  const std::string fresh = base::RandomBytes(kKeysAtOnce * kKeyBytes);
  Open();
  Write(fresh, bytes_.size());
  if (::fdatasync(file_) != 0) Fail("flush");
  bytes_ += fresh;
  keys_.resize(bytes_.size() / kKeyBytes);
}

std::uint64_t KeyFile::Take() {
  const std::lock_guard lock(mutex_);
  if (next_ == keys_.size()) Grow();
  return next_++;
}

std::optional<std::string> KeyFile::Key(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (number >= keys_.size()) {
    throw Error(Code::kDataLoss, "'" + path_.string() + "' lacks key " + std::to_string(number) +
                                     " of those that the log is sealed with; restore the file from a copy");
  }
  const std::string_view bytes = std::string_view(bytes_).substr(number * kKeyBytes, kKeyBytes);
  if (bytes == Destroyed()) return std::nullopt;
  if (!keys_[number]) keys_[number] = secret_.Digest(bytes);
  return keys_[number];
}

// In their place: a file that is written anew would leave them where the old one was.
void KeyFile::Destroy(std::span<const std::uint64_t> numbers) {
  const std::lock_guard lock(mutex_);
  Open();
  for (const std::uint64_t number : numbers) {
    Write(Destroyed(), number * kKeyBytes);
    bytes_.replace(number * kKeyBytes, kKeyBytes, Destroyed());
    keys_[number].reset();
  }
  if (::fdatasync(file_) != 0) Fail("flush");
}

}  // namespace shortlist::profile
