#include "serve/grpc_record_stream.h"

#include <utility>

namespace shortlist::serve {

RecordStream::RecordStream(const CallResources& resources, std::string_view method,
                           grpc::CallbackServerContext& context, Work work)
    : resources_(resources), method_(method), context_(context), work_(std::move(work)) {
  StartRead(&request_);
}

void RecordStream::OnReadDone(bool has_batch) {
  if (!has_batch) return Finish(grpc::Status::OK);
  passage_.emplace(resources_.path, method_, context_);
  Call& call = passage_->call();
  call.request_bytes = request_.Length();
  call.answer_begun = has_answered_;
  const grpc::Status refusal = passage_->Admit();
  if (!refusal.ok()) return End(refusal);
  if (resources_.workers.TryRun(MakeTask([this] { Answer(); }))) return;
  call.rejection = "queue_full";
  End(Overloaded(call, "too many calls are waiting; try again later", resources_.overload));
}

void RecordStream::Answer() {
  grpc::Status status = TurnOf(*passage_, resources_.overload);
  if (status.ok()) status = Fill();
  if (!status.ok()) return End(status);
  passage_->call().response_bytes = response_.Length();
  passage_->Finish(status);
  has_answered_ = true;
  StartWrite(&response_);
}

grpc::Status RecordStream::Fill() {
  try {
    v1::RecordRequest batch;
    Parse(request_, batch);
    v1::RecordResponse answer;
    work_(batch, answer);
    response_.Clear();
    Write(answer, response_);
    return grpc::Status::OK;
  } catch (...) {
    return StatusOfException();
  }
}

void RecordStream::OnWriteDone(bool was_written) {
  passage_.reset();
  if (!was_written) return Finish({grpc::StatusCode::CANCELLED, "the stream was cancelled"});
  request_.Clear();
  StartRead(&request_);
}

void RecordStream::End(const grpc::Status& status) {
  passage_->Finish(status);
  Finish(status);
}

}  // namespace shortlist::serve
