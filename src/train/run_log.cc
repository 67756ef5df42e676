#include "train/run_log.h"

#include "base/log.h"

namespace shortlist::train {
namespace {

class SpokenLog final : public RunLog {
 public:
  explicit SpokenLog(const std::filesystem::path& tensorboard) : scalars_(tensorboard) {}

  void StartEpoch(std::int64_t epoch, std::int64_t examples, std::int64_t done) override {
    progress_ = std::make_unique<base::Progress>("epoch " + std::to_string(epoch + 1), examples, "examples");
    progress_->Advance(done);
  }
  void Advance(std::int64_t examples) override { progress_->Advance(examples); }
  void Loss(std::int64_t step, double loss) override {
    scalars_.Add("train/loss", step, loss);
    progress_->SetNote("loss " + std::to_string(loss));
  }
  void FinishProgress() override { progress_->Finish(); }

  void FinishEpoch(std::int64_t step, const EpochReport& epoch, const std::string& metric) override {
    scalars_.Add("train/examples_per_second", step, epoch.examples_per_second);
    scalars_.Add("train/epoch_loss", step, epoch.loss);
    std::string line = "epoch " + std::to_string(epoch.epoch + 1) + ": loss " + std::to_string(epoch.loss);
    if (!metric.empty()) {
      scalars_.Add("validation/" + metric, step, epoch.validation_metric);
      line += ", validation " + metric + " " + std::to_string(epoch.validation_metric);
    }
    scalars_.Flush();
    base::LogInfo(line);
  }
  void Flush() override { scalars_.Flush(); }

 private:
  ScalarLog scalars_;
  std::unique_ptr<base::Progress> progress_;
};

class SilentLog final : public RunLog {
 public:
  void StartEpoch(std::int64_t /*epoch*/, std::int64_t /*examples*/, std::int64_t /*done*/) override {}
  void Advance(std::int64_t /*examples*/) override {}
  void Loss(std::int64_t /*step*/, double /*loss*/) override {}
  void FinishProgress() override {}
  void FinishEpoch(std::int64_t /*step*/, const EpochReport& /*epoch*/, const std::string& /*metric*/) override {}
  void Flush() override {}
};

}  // namespace

std::unique_ptr<RunLog> MakeRunLog(const std::filesystem::path& tensorboard) {
  return std::make_unique<SpokenLog>(tensorboard);
}

std::unique_ptr<RunLog> MakeSilentLog() {
  return std::make_unique<SilentLog>();
}

}  // namespace shortlist::train
