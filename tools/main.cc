// shortlist: one program from events to served recommendations.
#include <cstdio>
#include <exception>
#include <string>
#include <type_traits>
#include <variant>

#include "base/log.h"
#include "command_line.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

// 2 for what the caller has to change, 1 for everything else.
int StatusOf(Code code) {
  return code == Code::kInvalidArgument ? kUsageError : 1;
}

int Fail(Code code, const char* message) {
  std::fflush(stdout);
  std::fprintf(stderr, "error: %s: %s\n", CodeName(code), message);
  return StatusOf(code);
}

// That of a command which a signal stopped: not a success, so that what waits for the result does not take a half for
// it (75 is EX_TEMPFAIL of sysexits.h: go on later).
constexpr int kStoppedStatus = 75;

// That of a command whose result the gates of its configuration refuse: nothing is broken, and to try again is of no
// use before there is more data.
constexpr int kRefusedStatus = 3;

int StatusOf(Completion completion) {
  switch (completion) {
    case Completion::kDone:
      return 0;
    case Completion::kStopped:
      return kStoppedStatus;
    case Completion::kRefused:
      break;
  }
  return kRefusedStatus;
}

template <class Command>
int ExecuteForStatus(const Command& command) {
  if constexpr (std::is_same_v<decltype(Execute(command)), Completion>) {
    return StatusOf(Execute(command));
  } else {
    Execute(command);
    return 0;
  }
}

int Run(const Invocation& invocation) {
  try {
    base::SetLogLevel(invocation.log_level);
    return std::visit([](const auto& command) { return ExecuteForStatus(command); }, invocation.command);
  } catch (const Error& error) {
    return Fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return Fail(Code::kResourceExhausted, "out of memory");
  } catch (const std::exception& exception) {
    return Fail(Code::kInternal, exception.what());
  }
}

}  // namespace
}  // namespace shortlist::tools

int main(int argc, char** argv) {
  const auto parsed = shortlist::tools::ParseCommandLine(argc, argv);
  if (const auto* early = std::get_if<shortlist::tools::EarlyExit>(&parsed)) return early->status;
  return shortlist::tools::Run(std::get<shortlist::tools::Invocation>(parsed));
}
