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

template <class Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): the C library's names
extern "C" int open(const char* path, int flags, ...) {
  static auto* const real = Next<int(const char*, int, mode_t)>("open");
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  HangIfMeant(path);
  return real(path, flags, mode);
}

extern "C" int open64(const char* path, int flags, ...) {
  static auto* const real = Next<int(const char*, int, mode_t)>("open64");
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  HangIfMeant(path);
  return real(path, flags, mode);
}
// NOLINTEND(readability-identifier-naming)
