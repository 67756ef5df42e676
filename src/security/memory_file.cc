#include "security/memory_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shortlist/error.h"

namespace shortlist::security {
namespace {

[[noreturn]] void Fail() {
  throw Error(Code::kUnavailable, std::string("cannot keep a file in memory: ") + std::strerror(errno));
}

int MakeDescriptor(std::string_view contents) {
  const int descriptor = memfd_create("shortlist", MFD_CLOEXEC);
  if (descriptor < 0) Fail();
  while (!contents.empty()) {
    const ssize_t written = write(descriptor, contents.data(), contents.size());
    if (written < 0) {
      close(descriptor);
      Fail();
    }
    contents.remove_prefix(static_cast<std::size_t>(written));
  }
  return descriptor;
}

}  // namespace

MemoryFile::MemoryFile(std::string_view contents) : descriptor_(MakeDescriptor(contents)) {}

MemoryFile::~MemoryFile() {
  close(descriptor_);
}

std::string MemoryFile::path() const {
  return "/proc/self/fd/" + std::to_string(descriptor_);
}

void MemoryFile::Replace(std::string_view contents) {
  const int next = MakeDescriptor(contents);
  const int kept = dup3(next, descriptor_, O_CLOEXEC);
  close(next);
  if (kept < 0) Fail();
}

}  // namespace shortlist::security
