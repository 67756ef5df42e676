// Preloaded into a process, moves its wall clock by the seconds that stand in the file CLOCK_SHIFT_FILE. The steady
// clock stays as it is, as when an operator or NTP sets the time.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <sys/time.h>

namespace {

// Read anew each time: the test moves the clock while the process runs.
long ShiftSeconds() {
  long seconds = 0;
  std::FILE* file = std::fopen(std::getenv("CLOCK_SHIFT_FILE"), "re");
  if (file == nullptr) return 0;
  if (std::fscanf(file, "%ld", &seconds) != 1) seconds = 0;
  std::fclose(file);
  return seconds;
}

template <class Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the C library's name
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static auto* const real = Next<int(clockid_t, timespec*)>("clock_gettime");
  const int result = real(clock, time);
  if (clock == CLOCK_REALTIME) time->tv_sec += ShiftSeconds();
  return result;
}

// NOLINTNEXTLINE(readability-identifier-naming): the C library's name
extern "C" int gettimeofday(timeval* time, void* zone) noexcept {
  static auto* const real = Next<int(timeval*, void*)>("gettimeofday");
  const int result = real(time, zone);
  time->tv_sec += ShiftSeconds();
  return result;
}
