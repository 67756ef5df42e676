// shortlist: one program from events to served recommendations.
#include <cstdio>
#include <exception>
#include <string>
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

int Run(const Invocation& invocation) {
  try {
    base::SetLogLevel(invocation.log_level);
    std::visit([](const auto& command) { Execute(command); }, invocation.command);
    return 0;
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
