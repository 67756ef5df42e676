#include "stages.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "base/settings_kind.h"
#include "base/thread_pool.h"
#include "bundle_inputs.h"
#include "eval/baselines.h"
#include "eval/cold_start.h"
#include "eval/evaluation_set.h"
#include "eval/evaluator.h"
#include "eval/report.h"
#include "eval/report_page.h"
#include "job.h"
#include "report.h"
#include "train/meter.h"
#include "train/present.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

// `file` is a name with its ending.
void WriteReport(const Settings& settings, const std::string& file, const std::string& text) {
  const std::filesystem::path directory = LayoutOf(settings).reports;
  base::MakeDirectories(directory);
  base::WriteFileAtomically(directory / file, text);
}

// Empty if there is none.
std::string ReadReport(const Settings& settings, const std::string& file) {
  const std::filesystem::path path = LayoutOf(settings).reports / file;
  return std::filesystem::exists(path) ? base::ReadFile(path) : std::string();
}

// A model whose demand has moved on, written where the bundle is going to copy it from.
class PresentModel {
 public:
  PresentModel(const Settings& settings, const data::Dataset& dataset, const train::EventLog& log,
               tensor::Backend& backend)
      : trained_(LoadModel(settings, dataset, backend)), scratch_(LayoutOf(settings).root / "model") {
    const PriorSettings& prior = trained_.towers.spec().settings.prior;
    trained_.towers.ReplaceDemand(train::PresentDemand(prior, log, dataset.items()));
    trained_.towers.Save(scratch_.path());
  }

  const model::TwoTower& towers() const { return trained_.towers; }
  const std::filesystem::path& directory() const { return scratch_.path(); }
  const std::optional<std::filesystem::path>& repeat_file() const { return trained_.repeat_file; }
  // Of the checkpoint that the model comes from.
  std::string CheckpointDigest() const {
    return base::Sha256OfFile(trained_.directory.parent_path() / "checkpoint.json");
  }

 private:
  TrainedModel trained_;
  base::AtomicDirectory scratch_;  // never committed, so that it goes with this object
};

std::string PartName(data::Part part) {
  return part == data::Part::kTest ? "test" : "validation";
}

struct Contestant {
  std::unique_ptr<eval::Recommender> recommender;
  double fit_cpu_seconds = 0;
};

// The baselines of the settings behind the others; what is skipped is noted in the context.
void AddBaselines(const Settings& settings, const data::Dataset& dataset, base::ThreadPool& pool,
                  eval::ReportContext& context, std::vector<Contestant>& contestants) {
  for (const BaselineKind kind : settings.evaluate.baselines) {
    const std::string name(base::NameOf(kind));
    if (const auto reason = eval::ReasonToSkip(kind, dataset, settings.evaluate)) {
      base::LogWarning("skipping " + name + ": " + *reason);
      context.skipped.push_back({name, *reason});
      continue;
    }
    base::LogInfo("fitting " + name);
    const train::Meter meter;
    Contestant& contestant = contestants.emplace_back();
    contestant.recommender = eval::MakeBaseline(kind, dataset, context.part, settings.evaluate, settings.seed, pool);
    contestant.fit_cpu_seconds = meter.CpuSeconds();
  }
}

Evaluation Score(const Settings& settings, const data::Dataset& dataset, const eval::ReportContext& context,
                 const std::vector<Contestant>& contestants) {
  std::vector<eval::EvaluationRow> rows;
  eval::PageInputs page{.name = settings.name,
                        .validation_metric = settings.train.early_stop.metric,
                        .training_json = ReadReport(settings, "train.json"),
                        .set = {},
                        .rankings = {}};
  for (const SeenRule seen : settings.evaluate.seen) {
    eval::EvaluationSet set =
        eval::MakeEvaluationSet(dataset, context.part, seen, settings.evaluate.max_users, settings.seed);
    const bool is_first = seen == settings.evaluate.seen.front();
    for (const auto& [recommender, fit_cpu_seconds] : contestants) {
      const std::string name = recommender->Name();
      base::LogInfo("scoring " + name + ", seen items: " + std::string(base::NameOf(seen)));
      const train::Meter meter;
      eval::TimedRankings ranked = eval::RankTimed(*recommender, set, settings.evaluate);
      const double cpu_seconds = fit_cpu_seconds + meter.CpuSeconds();
      rows.push_back(eval::ScoreRankings(name, ranked, set, settings.evaluate, settings.seed));
      rows.back().cpu_seconds = cpu_seconds;
      if (is_first) page.rankings.push_back({name, std::move(ranked.rankings)});
    }
    if (is_first) page.set = std::move(set);
  }
  std::string table = eval::FormatTable(rows, context);
  std::string json = eval::ToJson(rows, context);
  std::string html = eval::ToHtml(rows, context, dataset, page);
  return {std::move(rows), std::move(table), std::move(json), std::move(html)};
}

// Of the items and shoppers without an event before the part.
std::vector<eval::ColdStartResult> ScoreColdStart(const Settings& settings, const data::Dataset& dataset,
                                                  data::Part part, const std::vector<Contestant>& contestants) {
  std::vector<eval::ColdStartResult> results;
  for (const eval::ColdStartGroup& group : eval::MakeColdStartGroups(dataset, part, settings.evaluate, settings.seed)) {
    base::LogInfo("scoring " + group.name);
    const auto among = static_cast<std::int64_t>(group.among.size());
    eval::ColdStartResult& result = results.emplace_back();
    result.group = group.name;
    result.ranked_items = among > 0 ? among : dataset.items();
    for (const Contestant& contestant : contestants) {
      result.rows.push_back(eval::EvaluateGroup(*contestant.recommender, group, settings.evaluate, settings.seed));
    }
  }
  return results;
}

}  // namespace

data::PrepareReport Prepare(const Settings& settings, const std::filesystem::path& base,
                            const std::optional<data::FittedGraphs>& fitted,
                            const std::optional<std::filesystem::path>& parsed_files) {
  base::MakeDirectories(LayoutOf(settings).root);
  data::PrepareReport report = data::Prepare(settings, base, LayoutOf(settings).dataset, fitted, parsed_files);
  WriteReport(settings, "prepare.json", Json(report));
  return report;
}

train::TrainReport Train(const Settings& settings, train::Start start,
                         const std::optional<std::filesystem::path>& initial) {
  // The others hear of it at once if this rank finds no dataset.
  Job job(settings);
  const data::Dataset dataset = OpenDataset(settings);
  job.RequireAgreement(settings, dataset, start);
  job.JoinDevices(settings.train.communication);
  train::TrainReport report = train::Train(settings, dataset, job.backend(), job.communicator(),
                                           LayoutOf(settings).checkpoints, start, initial);
  if (job.leads()) WriteReport(settings, "train.json", Json(report));
  return report;
}

Evaluation Evaluate(const Settings& settings, data::Part part, Contestants chosen) {
  const data::Dataset dataset = OpenDataset(settings);
  base::ThreadPool pool(static_cast<int>(settings.threads));
  const std::unique_ptr<tensor::Backend> backend = MakeBackend(settings);
  std::optional<TrainedModel> model;
  eval::ReportContext context = eval::DescribeEvaluation(dataset, part, settings.seed);
  std::vector<Contestant> contestants;
  if (chosen == Contestants::kModelAndBaselines) {
    model.emplace(LoadModel(settings, dataset, *backend));
    contestants.push_back({MakeModelRecommender(dataset, part, *model, *backend)});
  }
  AddBaselines(settings, dataset, pool, context, contestants);
  if (!contestants.empty()) context.cold_start = ScoreColdStart(settings, dataset, part, contestants);
  Evaluation evaluation = Score(settings, dataset, context, contestants);
  WriteReport(settings, PartName(part) + ".json", evaluation.json);
  WriteReport(settings, PartName(part) + ".html", evaluation.html);
  base::LogInfo("report: " + (LayoutOf(settings).reports / (PartName(part) + ".html")).string());
  return evaluation;
}

index::IndexReport Index(const Settings& settings, index::RecallGate gate) {
  const data::Dataset dataset = OpenDataset(settings);
  const train::EventLog log = train::MakePresentLog(dataset);
  const std::unique_ptr<tensor::Backend> backend = MakeBackend(settings);
  const PresentModel model(settings, dataset, log, *backend);
  index::BundleInputs inputs =
      CollectBundleInputs(settings, dataset, log, model.towers(), model.directory(), model.CheckpointDigest());
  inputs.repeat_file = model.repeat_file();
  inputs.gate = gate;
  inputs.device = FindScanDevice(settings);
  index::IndexReport report = index::WriteBundle(inputs, LayoutOf(settings).bundle);
  WriteReport(settings, "index.json", Json(report));
  return report;
}

}  // namespace shortlist::tools
