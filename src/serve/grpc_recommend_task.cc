#include "serve/grpc_recommend_task.h"

#include <cstddef>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "serve/grpc_messages.h"
#include "serve/grpc_privacy.h"

namespace shortlist::serve {
namespace {

RecommendRequest RequestOf(const PendingCall& pending, const v1::RecommendRequest& message) {
  RecommendRequest request = RequestFrom(message);
  request.global_privacy_control = HasGlobalPrivacyControl(*pending.call->call().context);
  return request;
}

void Give(const Recommendation& answer, const RecommendRequest& request, const PendingCall& pending,
          DecisionRecorder* recorder, grpc::Slice& message) {
  message = MessageOf(answer);
  if (recorder != nullptr) recorder->Offer(pending.call->call().request_id, request, answer, base::UnixSeconds());
}

// Calls whose turn has come at the same time, and what they ask.
class Batch {
 public:
  explicit Batch(DecisionRecorder* recorder) : recorder_(recorder) {}

  // Ends the call if it is not to be answered.
  void Add(const PendingCall& pending, const OverloadSettings& overload) {
    grpc::Status status = TurnOf(pending.call->passage(), overload);
    if (status.ok()) status = Read(pending);
    if (!status.ok()) pending.call->Answer(std::move(status));
  }

  // Ends all calls. One that fails does not take the others with it.
  void Answer(const RetrievalService& retrieval) const {
    const std::vector<RecommendRequest> requests = Requests();
    std::vector<BatchOutcome> outcomes;
    try {
      outcomes = retrieval.RecommendEach(requests);
    } catch (...) {
      return AnswerOneByOne(retrieval);
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
      AnswerWith<grpc::Slice>(members_[i].pending, [&](grpc::Slice& message) {
        if (const auto* const error = std::get_if<Error>(&outcomes[i])) throw Error(*error);
        Give(std::get<Recommendation>(outcomes[i]), requests[i], members_[i].pending, recorder_, message);
      });
    }
  }

 private:
  struct Member {
    PendingCall pending;
    v1::RecommendRequest message;
  };

  grpc::Status Read(const PendingCall& pending) {
    try {
      Member member{pending, {}};
      Parse(*pending.request, member.message);
      if (pending.call->call().recorded) pending.call->call().subject = SubjectOf(member.message);
      members_.push_back(std::move(member));
    } catch (...) {
      return StatusOfException();
    }
    return grpc::Status::OK;
  }

  // Views of the messages.
  std::vector<RecommendRequest> Requests() const {
    std::vector<RecommendRequest> requests;
    for (const Member& member : members_) requests.push_back(RequestOf(member.pending, member.message));
    return requests;
  }

  void AnswerOneByOne(const RetrievalService& retrieval) const {
    for (const Member& member : members_) {
      AnswerWith<grpc::Slice>(member.pending, [&](grpc::Slice& message) {
        const RecommendRequest request = RequestOf(member.pending, member.message);
        Give(retrieval.Recommend(request), request, member.pending, recorder_, message);
      });
    }
  }

  DecisionRecorder* recorder_;
  std::vector<Member> members_;
};

}  // namespace

void RecommendTask::Run() {
  if (!others_.empty()) return RunTogether();
  AnswerInTurn<v1::RecommendRequest, grpc::Slice>(
      first_, overload_, [this](const v1::RecommendRequest& message, grpc::Slice& answer) {
        const RecommendRequest request = RequestOf(first_, message);
        Give(retrieval_.Recommend(request), request, first_, recorder_, answer);
      });
}

void RecommendTask::RunTogether() const {
  Batch batch(recorder_);
  batch.Add(first_, overload_);
  for (const PendingCall& pending : others_) batch.Add(pending, overload_);
  batch.Answer(retrieval_);
}

bool RecommendTask::TakeOver(Task& waiting) {
  if (others_.size() + 1 == kMostCalls) return false;
  const auto* const other = dynamic_cast<RecommendTask*>(&waiting);
  if (other == nullptr) return false;
  others_.push_back(other->first_);
  return true;
}

}  // namespace shortlist::serve
