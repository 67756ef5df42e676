#include "base/exclusive_directory.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::base {

namespace fs = std::filesystem;

ExclusiveDirectory::ExclusiveDirectory(fs::path path) : path_(std::move(path)) {
  MakeDirectories(path_);
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) throw Error(Code::kUnavailable, "cannot open '" + path_.string() + "': " + std::strerror(errno));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    throw Error(Code::kFailedPrecondition, "another process is writing into '" + path_.string() + "'");
  }
  RemoveLeftovers();
}

ExclusiveDirectory::~ExclusiveDirectory() {
  ::close(lock_);
}

void ExclusiveDirectory::RemoveLeftovers() const {
  std::vector<fs::path> leftovers;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    if (entry.path().filename().string().find(".tmp.") != std::string::npos) leftovers.push_back(entry.path());
  }
  std::error_code ignored;
  for (const fs::path& leftover : leftovers) fs::remove(leftover, ignored);
}

}  // namespace shortlist::base
