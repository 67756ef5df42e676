// A port where grpc.health.v1.Health stands alone, in the clear: for probes that speak neither TLS nor tokens.
#pragma once

#include <string>

#include "serve/grpc_listener.h"

namespace shortlist::serve {

// The services that the port knows. Each answers another question, and another decision hangs on it.
inline constexpr char kLiveness[] = "liveness";    // does the process answer? from listening to the end
inline constexpr char kStartup[] = "startup";      // has it served? from the first version on, to the end
inline constexpr char kReadiness[] = "readiness";  // should it be sent calls? as "" is on the port for shoppers

// Call the members from one thread.
class HealthPort {
 public:
  // Listens and says that the process lives. Throws as GrpcListener.
  HealthPort(const std::string& address, const ConnectionSettings& connections);

  std::string address() const { return listener_.address(); }

  // Calls are wanted.
  void Serve();
  // No more calls are wanted.
  void Leave();
  // Closes the port.
  void Shutdown(std::chrono::milliseconds patience) { listener_.Shutdown(patience); }

 private:
  void SetReady(bool ready);

  GrpcListener listener_;
};

}  // namespace shortlist::serve
