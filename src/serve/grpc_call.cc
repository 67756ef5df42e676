#include "serve/grpc_call.h"

#include <thread>
#include <utility>

namespace shortlist::serve {
namespace {

// Of "ipv4:10.0.0.7:4711" and "ipv6:[::1]:4711" (percent-encoded), all but the port; other kinds of address whole.
std::string HostOf(const std::string& peer) {
  return peer.starts_with("ipv4:") || peer.starts_with("ipv6:") ? peer.substr(0, peer.rfind(':')) : peer;
}

}  // namespace

bool CallPath::WaitUntilIdle(std::chrono::milliseconds timeout) const {
  constexpr auto kStep = std::chrono::milliseconds(2);
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (under_way_.load() > 0) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

Passage::Passage(CallPath& path, std::string_view method, grpc::CallbackServerContext& context) : path_(path) {
  call_.under_way = ++path_.under_way_;
  call_.method = method;
  call_.context = &context;
  call_.arrival = std::chrono::steady_clock::now();
  call_.client = HostOf(context.peer());
}

grpc::Status Passage::Admit() {
  if (path_.closed_.load()) return {grpc::StatusCode::UNAVAILABLE, "the server is shutting down"};
  for (const std::unique_ptr<CallFilter>& filter : path_.filters_) {
    ++asked_;
    grpc::Status status = filter->Admit(call_);
    if (!status.ok()) return status;
  }
  return grpc::Status::OK;
}

void Passage::Finish(const grpc::Status& status) {
  while (asked_ > 0) path_.filters_[--asked_]->Finished(call_, status);
}

grpc::Status Passage::Lateness() const {
  if (call_.context->IsCancelled()) return {grpc::StatusCode::CANCELLED, "the call was cancelled before its turn"};
  if (call_.context->deadline() < std::chrono::system_clock::now()) {
    return {grpc::StatusCode::DEADLINE_EXCEEDED, "the deadline passed before the call's turn"};
  }
  return grpc::Status::OK;
}

bool UnaryCall::Admit() {
  grpc::Status status = passage_.Admit();
  if (status.ok()) return true;
  Answer(std::move(status));
  return false;
}

void UnaryCall::Answer(grpc::Status status) {
  passage_.Finish(status);
  Finish(std::move(status));
}

}  // namespace shortlist::serve
