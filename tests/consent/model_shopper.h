// What the rules say of one shopper: where the tracers of what the shopper did may be.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "profile/event.h"

namespace shortlist::serve {

using Tracers = std::set<std::string>;

class ModelShopper {
 public:
  bool Agrees(profile::Purpose purpose) const { return profile::Includes(purposes_, purpose); }
  std::int64_t consent_time() const { return consent_time_; }
  const Tracers& known() const { return known_; }

  void Consent(std::uint64_t purposes, std::int64_t time) {
    if (time < consent_time_) return;
    consent_time_ = time;
    purposes_ = purposes;
    if (!Agrees(profile::Purpose::kPersonalization)) known_.clear();
  }
  // Returns whether it is kept.
  bool Event(const std::string& tracer, bool has_item) {
    if ((purposes_ & ~(std::uint64_t{1} << static_cast<int>(profile::Purpose::kGroupProfiling))) == 0) return false;
    if (Agrees(profile::Purpose::kPersonalization) && has_item) known_.insert(tracer);
    (Agrees(profile::Purpose::kTraining) ? waiting_ : passing_).insert(tracer);
    return true;
  }
  void Erase(std::int64_t time) {
    Tracers gone;
    for (Tracers* held : {&gone_, &journal_, &decisions_, &arriving_journal_, &arriving_decisions_, &doubtful_}) {
      gone.merge(*held);
    }
    *this = ModelShopper();
    gone_ = std::move(gone);
    erased_at_ = time;
    is_erasing_ = true;
  }
  // The visitor was a shopper who was erased.
  void Return(std::int64_t erased_at) {
    erased_at_ = erased_at;
    returns_ = true;
  }
  // An answer that the shopper was shown.
  void Show(const std::string& tracer, std::int64_t time) {
    if (Agrees(profile::Purpose::kTraining) && time > erased_at_) queue_.insert(tracer);
  }
  void FlushDecisions() {
    if (Agrees(profile::Purpose::kTraining)) journal_.merge(queue_);
    queue_.clear();
  }
  void RotateDecisions() {
    if (Agrees(profile::Purpose::kTraining)) decisions_.merge(journal_);
    journal_.clear();
  }
  // Decisions that are on disk.
  void AddDecisions(Tracers& tracers) const {
    for (const Tracers* held : {&journal_, &decisions_, &arriving_journal_, &arriving_decisions_}) {
      tracers.insert(held->begin(), held->end());
    }
  }
  // Decisions that may be on disk: until the files are rewritten, or as a visitor's near an erasure.
  void AddPossibleDecisions(Tracers& tracers) const {
    for (const Tracers* held : {&gone_, &doubtful_}) tracers.insert(held->begin(), held->end());
  }
  // The visitor turned out to be this shopper.
  void Identify(ModelShopper& visitor) {
    if (consent_time_ == 0) {
      consent_time_ = visitor.consent_time_;
      purposes_ = visitor.purposes_;
    }
    if (Agrees(profile::Purpose::kPersonalization)) known_.merge(visitor.known_);
    waiting_.merge(visitor.waiting_);
    passing_.merge(visitor.passing_);
    arriving_.merge(visitor.arriving_);
    arriving_.merge(visitor.lake_);
    TakeDecisions(visitor);
    visitor = ModelShopper();
  }
  void Rotate() {
    if (Agrees(profile::Purpose::kTraining)) {
      lake_.merge(waiting_);
      lake_.merge(arriving_);
    }
    waiting_.clear();
    arriving_.clear();
    passing_.clear();
    if (std::exchange(is_erasing_, false)) {
      journal_.clear();
      decisions_.clear();
    }
    if (std::exchange(returns_, false)) doubtful_.merge(std::exchange(journal_, {}));
    if (Agrees(profile::Purpose::kTraining)) {
      journal_.merge(arriving_journal_);
      decisions_.merge(arriving_decisions_);
    }
    arriving_journal_.clear();
    arriving_decisions_.clear();
    gone_.clear();
  }
  void AddLake(Tracers& tracers) const {
    tracers.insert(lake_.begin(), lake_.end());
    tracers.insert(arriving_.begin(), arriving_.end());
  }
  void AddLogged(Tracers& tracers) const {
    tracers.insert(waiting_.begin(), waiting_.end());
    tracers.insert(passing_.begin(), passing_.end());
  }

 private:
  // A visitor's decisions before an erasure of the shopper have the shopper's name after it.
  void TakeDecisions(ModelShopper& visitor) {
    const bool was_erased = erased_at_ != 0;
    (was_erased ? doubtful_ : queue_).merge(visitor.queue_);
    (was_erased ? doubtful_ : arriving_journal_).merge(visitor.arriving_journal_);
    arriving_decisions_.merge(visitor.arriving_decisions_);
    gone_.merge(visitor.gone_);
    doubtful_.merge(visitor.doubtful_);
    if (visitor.is_erasing_) {
      gone_.merge(visitor.journal_);
    } else {
      (was_erased || visitor.returns_ ? doubtful_ : arriving_journal_).merge(visitor.journal_);
      arriving_decisions_.merge(visitor.decisions_);
    }
  }

  std::uint64_t purposes_ = 0;
  std::int64_t consent_time_ = 0;
  Tracers known_;    // to answers
  Tracers waiting_;  // in the log, and agreed to for training
  Tracers passing_;  // in the log alone
  Tracers lake_;
  Tracers arriving_;            // in the lake with the names of visitors
  Tracers queue_;               // decisions that are not yet on disk
  Tracers journal_;             // and that are
  Tracers decisions_;           // in the lake
  Tracers gone_;                // on disk before the erasure
  Tracers doubtful_;            // that the rules for visitors near an erasure may have left on disk or not
  Tracers arriving_journal_;    // with the names of visitors
  Tracers arriving_decisions_;  // and in the lake
  std::int64_t erased_at_ = 0;
  bool is_erasing_ = false;
  bool returns_ = false;
};

}  // namespace shortlist::serve
