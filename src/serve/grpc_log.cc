#include "serve/grpc_log.h"

#include <string>

#include <grpc/support/log.h>

#include "base/log.h"

namespace shortlist::serve {
namespace {

void Take(gpr_log_func_args* line) {
  const auto level = line->severity == GPR_LOG_SEVERITY_ERROR ? base::LogLevel::kWarning : base::LogLevel::kDebug;
  base::Log(level, std::string("grpc: ") + line->message);
}

}  // namespace

void TakeGrpcLogs() {
  gpr_set_log_function(Take);
}

}  // namespace shortlist::serve
