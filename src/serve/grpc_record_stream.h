// A stream of batches of events: each is taken like a call of its own, and answered in turn.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include <grpcpp/grpcpp.h>

#include "serve/grpc_answer.h"
#include "shortlist/v1/events.pb.h"

namespace shortlist::serve {

// The next batch is read when the last one is answered, so that a client which sends ahead is slowed down by gRPC's own
// flow control. Filters, limits and deadlines hold for every batch as for a call; one that is refused or fails ends the
// stream with that status, and what was answered before stays recorded. Frees itself when gRPC is done.
class RecordStream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // Fills the answer to a batch, which holds from when it returns.
  using Work = std::function<void(const v1::RecordRequest&, v1::RecordResponse&)>;

  // `method` must live as long as the program, the others as the stream.
  RecordStream(const CallResources& resources, std::string_view method, grpc::CallbackServerContext& context,
               Work work);

 private:
  void OnReadDone(bool has_batch) override;
  void OnWriteDone(bool was_written) override;
  void OnDone() override { delete this; }

  void Answer();
  grpc::Status Fill();
  void End(const grpc::Status& status);

  const CallResources& resources_;
  std::string_view method_;
  grpc::CallbackServerContext& context_;
  Work work_;
  std::optional<Passage> passage_;  // of the batch that is being answered
  bool has_answered_ = false;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

}  // namespace shortlist::serve
