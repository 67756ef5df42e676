// What a run tells people: progress on stderr, a line per epoch, curves for TensorBoard. In a job of several ranks the
// leading one speaks for all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/progress.h"
#include "train/scalar_log.h"
#include "train/trainer.h"

namespace shortlist::train {

class RunLog {
 public:
  virtual ~RunLog() = default;

  virtual void StartEpoch(std::int64_t epoch, std::int64_t examples, std::int64_t done) = 0;
  virtual void Advance(std::int64_t examples) = 0;
  virtual void Loss(std::int64_t step, double loss) = 0;
  virtual void FinishProgress() = 0;
  // `metric` names the validation metric; empty if there is none.
  virtual void FinishEpoch(std::int64_t step, const EpochReport& epoch, const std::string& metric) = 0;
  virtual void Flush() = 0;
};

std::unique_ptr<RunLog> MakeRunLog(const std::filesystem::path& tensorboard);
std::unique_ptr<RunLog> MakeSilentLog();

}  // namespace shortlist::train
