#include "base/file.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void ThrowFileError(const std::string& action, const fs::path& path) {
  const int number = errno;
  const Code code = number == ENOENT   ? Code::kNotFound
                    : number == EACCES ? Code::kPermissionDenied
                                       : Code::kUnavailable;
  throw Error(code, "cannot " + action + " '" + path.string() + "': " + std::strerror(number));
}

constexpr std::size_t kBlockBytes = 1 << 20;
constexpr std::string_view kTemporaryMark = ".tmp.";

// Not unique: the processes of two containers that share a volume may have the same number.
fs::path TemporaryName(const fs::path& path) {
  static std::atomic<int> counter = 0;
  fs::path name = path;
  name += std::string(kTemporaryMark) + std::to_string(getpid()) + "." + std::to_string(counter++);
  return name;
}

fs::path ClaimTemporaryFile(const fs::path& path) {
  for (;;) {
    fs::path name = TemporaryName(path);
    const int descriptor = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0) {
      close(descriptor);
      return name;
    }
    if (errno != EEXIST) ThrowFileError("create", name);
  }
}

fs::path ClaimTemporaryDirectory(const fs::path& path) {
  if (path.has_parent_path()) MakeDirectories(path.parent_path());
  for (;;) {
    fs::path name = TemporaryName(path);
    if (mkdir(name.c_str(), 0777) == 0) return name;
    if (errno != EEXIST) ThrowFileError("create", name);
  }
}

// A locked descriptor of the directory, or -1 if a living writer holds it or the file system has no locks. The kernel
// frees the lock when its holder dies.
int LockDirectory(const fs::path& directory) {
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  close(descriptor);
  return -1;
}

fs::path FolderOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void RemoveIfAbandoned(const fs::path& directory) {
  const int lock = LockDirectory(directory);
  if (lock < 0) return;
  std::error_code ignored;
  fs::remove_all(directory, ignored);
  close(lock);
}

// Of the folder's temporary directories, those whose name begins so.
void RemoveAbandonedIn(const fs::path& folder, const std::string& beginning, const fs::path& except) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    const bool is_temporary = name.starts_with(beginning) && name.find(kTemporaryMark) != std::string::npos;
    if (is_temporary && name != except.filename() && entry.is_directory(ignored)) RemoveIfAbandoned(entry.path());
  }
}

void RemoveLeftoversOf(const fs::path& directory, const fs::path& except) {
  RemoveAbandonedIn(FolderOf(directory), directory.filename().string() + std::string(kTemporaryMark), except);
}

fs::path WithoutTrailingSlash(const fs::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

void Sync(const fs::path& path, int flags) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) ThrowFileError("open", path);
  const int result = fsync(descriptor);
  close(descriptor);
  if (result != 0) ThrowFileError("flush", path);
}

void SyncTree(const fs::path& directory) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    Sync(entry.path(), entry.is_directory() ? O_RDONLY | O_DIRECTORY : O_RDONLY);
  }
  Sync(directory, O_RDONLY | O_DIRECTORY);
}

void Rename(const fs::path& from, const fs::path& to) {
  if (rename(from.c_str(), to.c_str()) != 0) ThrowFileError("rename into place", to);
}

// Swaps two directories in one step, so that a reader finds one of them whole at any instant.
void Exchange(const fs::path& a, const fs::path& b) {
  if (renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) != 0) ThrowFileError("replace", b);
}

// A regular file that is read from front to back. Unlike a map of it, this survives that somebody cuts the file short.
class InputFile {
 public:
  explicit InputFile(fs::path path) : path_(std::move(path)), descriptor_(open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) ThrowFileError("open", path_);
    struct stat status {};
    if (fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
      close(descriptor_);
      throw Error(Code::kInvalidArgument, "'" + path_.string() + "' is not a regular file");
    }
    size_ = static_cast<std::size_t>(status.st_size);
  }
  ~InputFile() { close(descriptor_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  int descriptor() const { return descriptor_; }
  std::size_t size() const { return size_; }

  // How many bytes came into the buffer; 0 at the end or if there is no room.
  std::size_t Read(char* buffer, std::size_t room) const {
    for (;;) {
      const ssize_t bytes = read(descriptor_, buffer, room);
      if (bytes >= 0) return static_cast<std::size_t>(bytes);
      if (errno != EINTR) ThrowFileError("read", path_);
    }
  }

 private:
  fs::path path_;
  int descriptor_;
  std::size_t size_ = 0;
};

}  // namespace

struct AtomicFile::State {
  fs::path path;
  fs::path temporary;
  std::ofstream stream;
  bool committed = false;
};

AtomicFile::AtomicFile(fs::path path) : state_(std::make_unique<State>()) {
  state_->temporary = ClaimTemporaryFile(path);
  state_->path = std::move(path);
  errno = 0;
  state_->stream.open(state_->temporary, std::ios::binary | std::ios::trunc);
  if (!state_->stream) ThrowFileError("create", state_->temporary);
}

AtomicFile::~AtomicFile() {
  if (state_->committed) return;
  state_->stream.close();
  std::error_code ignored;
  fs::remove(state_->temporary, ignored);
}

std::ostream& AtomicFile::stream() {
  return state_->stream;
}

const fs::path& AtomicFile::temporary_path() const {
  return state_->temporary;
}

void AtomicFile::FinishWriting() {
  errno = 0;
  state_->stream.close();
  if (!state_->stream) ThrowFileError("write", state_->path);
  Sync(state_->temporary, O_RDONLY);
}

void AtomicFile::Commit() {
  FinishWriting();
  Rename(state_->temporary, state_->path);
  state_->committed = true;
  SyncFolderOf(state_->path);
}

void AtomicFile::CommitIfAbsent() {
  FinishWriting();
  if (link(state_->temporary.c_str(), state_->path.c_str()) == 0) {
    SyncFolderOf(state_->path);
  } else if (errno != EEXIST) {
    ThrowFileError("create", state_->path);
  }
}

AtomicDirectory::AtomicDirectory(const fs::path& final_path)
    : final_(WithoutTrailingSlash(final_path)), temporary_(ClaimTemporaryDirectory(final_)) {
  lock_ = LockDirectory(temporary_);
  RemoveLeftoversOf(final_, temporary_);
}

AtomicDirectory::~AtomicDirectory() {
  if (!committed_) {
    std::error_code ignored;
    fs::remove_all(temporary_, ignored);
  }
  if (lock_ >= 0) close(lock_);
}

void AtomicDirectory::Commit() {
  SyncTree(temporary_);
  if (fs::exists(final_)) {
    Exchange(temporary_, final_);
    committed_ = true;
    std::error_code ignored;
    fs::remove_all(temporary_, ignored);
  } else {
    Rename(temporary_, final_);
    committed_ = true;
  }
  SyncFolderOf(final_);
}

void SyncFolderOf(const fs::path& path) {
  Sync(FolderOf(path), O_RDONLY | O_DIRECTORY);
}

void RemoveDirectory(const fs::path& path) {
  const fs::path directory = WithoutTrailingSlash(path);
  RemoveLeftoversOf(directory, {});
  if (!fs::exists(fs::symlink_status(directory))) return;
  const fs::path hidden = ClaimTemporaryDirectory(directory);
  Rename(directory, hidden / directory.filename());
  std::error_code failure;
  fs::remove_all(hidden, failure);
  if (failure) throw Error(Code::kUnavailable, "cannot remove '" + hidden.string() + "': " + failure.message());
  SyncFolderOf(directory);
}

void RemoveAbandonedDirectories(const fs::path& folder) {
  RemoveAbandonedIn(folder, "", {});
}

void RemoveFile(const fs::path& path) {
  std::error_code failure;
  const bool removed = fs::remove(path, failure);
  if (failure) throw Error(Code::kUnavailable, "cannot remove '" + path.string() + "': " + failure.message());
  if (removed) SyncFolderOf(path);
}

void MakeDirectories(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) throw Error(Code::kUnavailable, "cannot create '" + path.string() + "': " + failure.message());
}

void WriteFileAtomically(const fs::path& path, std::string_view contents) {
  AtomicFile file(path);
  file.stream().write(contents.data(), static_cast<std::streamsize>(contents.size()));
  file.Commit();
}

std::string ReadFile(const fs::path& path) {
  const InputFile file(path);
  std::string contents(file.size(), '\0');
  std::size_t filled = 0;
  while (const std::size_t more = file.Read(contents.data() + filled, contents.size() - filled)) filled += more;
  contents.resize(filled);
  return contents;
}

MappedFile::MappedFile(const fs::path& path) {
  const InputFile file(path);
  size_ = file.size();
  void* mapped = size_ == 0 ? nullptr : mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
  if (mapped == MAP_FAILED) ThrowFileError("map", path);
  data_ = static_cast<const std::byte*>(mapped);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

std::string Sha256(std::span<const std::byte> bytes) {
  Digest digest;
  digest.Update(bytes.data(), bytes.size());
  return digest.Finish();
}

std::string Sha256(std::string_view text) {
  return Sha256(std::as_bytes(std::span(text)));
}

std::string Sha256OfFile(const fs::path& path) {
  const InputFile file(path);
  std::vector<char> block(kBlockBytes);
  Digest digest;
  while (const std::size_t more = file.Read(block.data(), block.size())) digest.Update(block.data(), more);
  return digest.Finish();
}

}  // namespace shortlist::base
