// The one configuration of all stages, as plain data. Read from YAML by config/; see docs/config.md.
#pragma once

#include <cstdint>
#include <string>

#include "shortlist/settings/data.h"
#include "shortlist/settings/evaluate.h"
#include "shortlist/settings/features.h"
#include "shortlist/settings/index.h"
#include "shortlist/settings/log.h"
#include "shortlist/settings/model.h"
#include "shortlist/settings/precision.h"
#include "shortlist/settings/retrain.h"
#include "shortlist/settings/serve.h"
#include "shortlist/settings/synthesize.h"
#include "shortlist/settings/train.h"
#include "shortlist/settings/tune.h"

namespace shortlist {

struct Settings {
  std::string name = "shortlist";
  std::string directory = "runs/shortlist";
  std::int64_t seed = 1;
  std::int64_t threads = 0;
  std::string device = "auto";
  Precision precision = Precision::kFloat32;
  LogSettings log;
  DataSettings data;
  FeaturesSettings features;
  ModelSettings model;
  TrainSettings train;
  TuneSettings tune;
  EvaluateSettings evaluate;
  IndexSettings index;
  RetrainSettings retrain;
  ServeSettings serve;
  SynthesizeSettings synthesize;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("name", name, "Name of the project; recorded in every artifact.");
    visit("directory", directory,
          "Where artifacts go: dataset/, checkpoints/, reports/, bundle/. Relative to the "
          "working directory.");
    visit("seed", seed, "Seed of everything that is drawn at random.", Bounds{0, 9007199254740991.0});
    visit("threads", threads,
          "Worker threads of prepare, train, evaluate and index; 0 for one per core. One thread "
          "reproduces a run bit for bit.",
          Bounds{0, 4096});
    visit("device", device,
          "Where models compute: `cpu`, `cuda:0` (or another GPU by its number), or `auto`, which takes the first GPU "
          "where the CUDA plug-in loads and one answers, else the CPU. `shortlist doctor` says which it is, and why.");
    visit(
        "precision", precision,
        "What matrix products of training read of their factors: all 24 bits (`fp32`), fewer (`tf32`: 11 on a GPU, 16 "
        "on a CPU), or 8 (`bf16`, rounded to bfloat16). Sums are float32 in every case. `tf32` and `bf16` are faster "
        "on "
        "tensor cores of GPUs and on CPUs with AMX (Intel Xeon since 2023); other CPUs compute in `fp32`. Evaluation, "
        "indexes and answers are always `fp32`.");
    visit("log", log, "Logs.");
    visit("data", data, "Events, catalog, consent and split.");
    visit("features", features, "Transforms of item and context columns.");
    visit("model", model, "The two towers.");
    visit("train", train, "Training.");
    visit("tune", tune, "The search for better settings.");
    visit("evaluate", evaluate, "Evaluation.");
    visit("index", index, "Indexes and bundle.");
    visit("retrain", retrain, "The loop from the newest events to the next version.");
    visit("serve", serve, "The server.");
    visit("synthesize", synthesize, "The made-up retailer.");
  }
};

}  // namespace shortlist
