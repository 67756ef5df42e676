// Recommend calls that are answered together: whoever waits when one's turn has come is answered in one batch. Exact
// search and the user tower take less for many shoppers at once, and answers that leave at the same moment share the
// system calls and wake-ups of both sides, which for a quick search cost as much as the search. There is no timer: a
// call that finds nobody waiting is answered by itself, and under load batches grow by themselves.
#pragma once

#include <vector>

#include "serve/decision_recorder.h"
#include "serve/grpc_answer.h"
#include "serve/retrieval.h"
#include "serve/task.h"

namespace shortlist::serve {

class RecommendTask final : public Task {
 public:
  // Calls that one task answers at most, so that the first of them does not wait long for the last.
  static constexpr std::size_t kMostCalls = 32;

  // All must outlive the call; `recorder` is null where no answer is written down.
  RecommendTask(const RetrievalService& retrieval, const OverloadSettings& overload, const PendingCall& call,
                DecisionRecorder* recorder = nullptr)
      : retrieval_(retrieval), overload_(overload), first_(call), recorder_(recorder) {}

  // Ends every call, each with an outcome of its own.
  void Run() override;
  bool GainsFromOthers() const override { return true; }
  // A Recommend call that waits.
  bool TakeOver(Task& waiting) override;

 private:
  void RunTogether() const;

  const RetrievalService& retrieval_;
  const OverloadSettings& overload_;
  PendingCall first_;
  DecisionRecorder* recorder_;
  std::vector<PendingCall> others_;
};

}  // namespace shortlist::serve
