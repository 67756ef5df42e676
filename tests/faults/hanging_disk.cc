// Preloaded into a process, makes the opening of every file whose path holds HANGING_FILE wait for ever, as a mounted
// disk does whose server is gone.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

void HangIfMeant(const char* path) {
  const char* meant = std::getenv("HANGING_FILE");
  if (meant == nullptr || path == nullptr || std::strstr(path, meant) == nullptr) return;
  std::fputs("the disk hangs\n", stderr);
  for (;;) pause();
}

using Open = int(const char*, int, mode_t);

// What would have run without this file; `rest` holds the mode, where the call has one.
int OpenBy(const char* name, const char* path, int flags, va_list rest) {
  HangIfMeant(path);
  const mode_t mode = va_arg(rest, mode_t);
  return reinterpret_cast<Open*>(dlsym(RTLD_NEXT, name))(path, flags, mode);
}

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): the C library's names
extern "C" int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int file = OpenBy("open", path, flags, rest);
  va_end(rest);
  return file;
}

extern "C" int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int file = OpenBy("open64", path, flags, rest);
  va_end(rest);
  return file;
}
// NOLINTEND(readability-identifier-naming)
