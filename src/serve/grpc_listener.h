// A port with gRPC services on it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include "shortlist/settings/serve.h"

namespace shortlist::serve {

class GrpcListener {
 public:
  struct Options {
    std::string address;  // host:port
    std::string setting;  // what the address is called in messages, for example "serve.address"
    std::shared_ptr<grpc::ServerCredentials> credentials;
    std::vector<grpc::Service*> services;  // which must outlive the listener; health is beside them
    ConnectionSettings connections;
    std::int64_t max_message_bytes = 0;
    bool describes_services = false;  // by reflection
  };

  // Listens, together with the standard health service, which says NOT_SERVING. Throws
  // Error{kInvalidArgument} for an address that is not host:port and Error{kUnavailable} if it cannot be listened on.
  explicit GrpcListener(const Options& options);

  int port() const { return port_; }
  // The host as given, with the port that was taken.
  std::string address() const;

  // What the health service says of `service` ("" is the server as a whole).
  void SetServing(const std::string& service, bool serving);
  // Says NOT_SERVING of everything, for good.
  void StopServing();
  // Sends GOAWAY, refuses calls and waits for those under way; cancels what is left after `patience`.
  void Shutdown(std::chrono::milliseconds patience);

 private:
  std::string host_;
  int port_ = 0;
  grpc::CallbackGenericService nothing_;  // gRPC does not start a server that has health alone; knows no method
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace shortlist::serve
