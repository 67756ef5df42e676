// One call of any service, and the path that every call takes: filters look at it before work begins and hear of its
// end. Who measures, authorizes, limits or records calls is a filter.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <grpcpp/grpcpp.h>

namespace shortlist::serve {

// What is known of a call. Filters may add to it before work begins.
struct Call {
  std::string_view method;  // "shortlist.v1.Retrieval/Recommend"; lives as long as the program
  grpc::CallbackServerContext* context = nullptr;
  std::chrono::steady_clock::time_point arrival;
  std::string client;              // who asks, for quotas and records: the peer's host until a filter knows better
  std::int64_t under_way = 0;      // calls on this path when it arrived, itself among them
  std::string request_id;          // the client's own or one of ours
  std::string trace_id;            // of the client's trace; empty without one
  std::size_t request_bytes = 0;   // as received
  std::size_t response_bytes = 0;  // as sent; 0 if the call failed
  std::chrono::steady_clock::time_point turn;  // when work began; the epoch if it did not
  std::string_view rejection;  // why no work began, in words_like_this that live as long as the program; else empty
  bool answer_begun = false;   // whether metadata of the answer is on its way, as with the second message of a stream
  bool recorded = false;       // whether the call goes to the log
  std::string subject;         // the shopper whom a recorded call is about; never logged as it is
};

// Thread-safe.
class CallFilter {
 public:
  virtual ~CallFilter() = default;
  // Asked before any work, on a thread of gRPC: must be quick and not wait. Anything but OK becomes the call's answer,
  // and later filters are not asked.
  virtual grpc::Status Admit(Call& call) = 0;
  // Told once, of every call that this filter was asked about, when its answer is ready to be sent.
  virtual void Finished(const Call& call, const grpc::Status& status) = 0;
};

// The filters of a server, and the calls that are on their way. Thread-safe.
class CallPath {
 public:
  // Filters are asked in this order and told of ends in the reverse one.
  explicit CallPath(std::vector<std::unique_ptr<CallFilter>> filters) : filters_(std::move(filters)) {}

  // Calls from their arrival until gRPC is done with their answer.
  std::int64_t under_way() const { return under_way_.load(std::memory_order_relaxed); }

  // From now on, calls that arrive are UNAVAILABLE.
  void Close() { closed_.store(true); }
  // Waits until no call is under way. False if some still are after `timeout`.
  bool WaitUntilIdle(std::chrono::milliseconds timeout) const;

 private:
  friend class Passage;

  std::vector<std::unique_ptr<CallFilter>> filters_;
  std::atomic<bool> closed_ = false;
  std::atomic<std::int64_t> under_way_ = 0;
};

// One request on its way along a path, from its arrival until gRPC is done with the answer.
class Passage {
 public:
  // `method` must live as long as the program.
  Passage(CallPath& path, std::string_view method, grpc::CallbackServerContext& context);
  ~Passage() { --path_.under_way_; }
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;

  // OK if the path lets the request in.
  [[nodiscard]] grpc::Status Admit();
  // Tells filters that were asked of what the answer is to be. Once.
  void Finish(const grpc::Status& status);

  // CANCELLED or DEADLINE_EXCEEDED if nobody waits for the answer any more.
  grpc::Status Lateness() const;
  Call& call() { return call_; }

 private:
  CallPath& path_;
  Call call_;
  std::size_t asked_ = 0;  // filters
};

// A call with one request and one answer, in flight. Made for each call by its handler; frees itself when gRPC is done.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // `method` must live as long as the program.
  UnaryCall(CallPath& path, std::string_view method, grpc::CallbackServerContext& context)
      : passage_(path, method, context) {}

  // True if the path lets the call in. Otherwise it has been answered and must not be touched again.
  [[nodiscard]] bool Admit();
  // Ends the call, which must not be touched again.
  void Answer(grpc::Status status);

  Passage& passage() { return passage_; }
  Call& call() { return passage_.call(); }

 private:
  void OnDone() override { delete this; }
  // gRPC's word for reactions that are short enough to run where they arise, which spares a hop to another thread for
  // each call.
  bool InternalInlineable() override { return true; }

  Passage passage_;
};

}  // namespace shortlist::serve
