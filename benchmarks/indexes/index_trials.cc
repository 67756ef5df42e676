// The tuned index and indexes of this Faiss made by hand, for indexes.py, which runs them in turns with other
// libraries.
//
//   index_trials ITEMS QUERIES WIDTH K TARGET      (files of float32, row-major)
//
// Tunes and prints what it chose as a line of JSON. Then answers lines of stdin with lines of JSON:
//
//   add FACTORY BY_DISTANCE PROBES DEPTH REFINE    builds one by hand; its recall
//   time                                           microseconds of CPU per query of each, one by one and all together
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/settings_json.h"
#include "base/settings_kind.h"
#include "base/stopwatch.h"
#include "index/faiss_description.h"
#include "index/openmp_threads.h"
#include "index/tuning.h"
#include "indexes/hand_made.h"
#include "shortlist/error.h"

namespace shortlist::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

std::vector<float> ReadFloats(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw Error(Code::kNotFound, "cannot read '" + path + "'");
  std::vector<float> values(static_cast<std::size_t>(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
  return values;
}

double Microseconds(std::int64_t queries, const std::function<void()>& search) {
  const base::CpuStopwatch watch = base::CpuStopwatch::OfThread();
  search();
  return watch.seconds() * 1e6 / static_cast<double>(queries);
}

class Trials {
 public:
  Trials(const std::string& items, const std::string& queries, std::int64_t width, std::int64_t k, double target)
      : vectors_(ReadFloats(items)),
        asked_{ReadFloats(queries), width, k},
        exact_(index::ExactAnswers(vectors_, asked_.queries, width, k, pool_)),
        tuning_(index::TuneIndex({.target_recall = target}, vectors_, asked_, "items", pool_)) {}

  Json Chosen() const {
    Json trials = Json::array();
    for (const index::Trial& trial : tuning_.trials) {
      trials.push_back({{"kind", base::NameOf(trial.settings.kind)},
                        {"settings", Json::parse(base::SettingsToJson(trial.settings))},
                        {"recall", trial.recall.value},
                        {"microseconds", trial.query_microseconds},
                        {"left_out", trial.left_out}});
    }
    return {{"kind", base::NameOf(tuning_.settings.kind)},
            {"settings", Json::parse(base::SettingsToJson(tuning_.settings))},
            {"recall", tuning_.chosen.summary.recall.value},
            {"faiss", index::FaissDescription()},
            {"trials", trials}};
  }

  Json Add(const HandMade& made) {
    const HandMadeIndex& index = hand_made_.emplace_back(made, vectors_, asked_.width);
    return {{"recall", RecallOf(index.SearchTogether(asked_.queries, asked_.k))}};
  }

  Json Time() const {
    const index::OpenMpThreads alone(1);
    Json times = Json::array({{{"single", Microseconds(asked_.size(), [&] { AskSingly(); })},
                               {"together", Microseconds(asked_.size(), [&] { AskTogether(); })}}});
    for (const HandMadeIndex& index : hand_made_) {
      const auto single = [&] { index.SearchSingly(asked_.queries, asked_.k); };
      const auto together = [&] { index.SearchTogether(asked_.queries, asked_.k); };
      times.push_back(
          {{"single", Microseconds(asked_.size(), single)}, {"together", Microseconds(asked_.size(), together)}});
    }
    return times;
  }

 private:
  void AskSingly() const {
    for (std::int64_t q = 0; q < asked_.size(); ++q) tuning_.chosen.index.Search(asked_.Query(q), asked_.k);
  }

  void AskTogether() const {
    std::vector<index::Query> queries;
    for (std::int64_t q = 0; q < asked_.size(); ++q) queries.push_back({asked_.Query(q), asked_.k, {}});
    tuning_.chosen.index.SearchBatch(queries);
  }

  double RecallOf(const std::vector<std::int64_t>& ids) const {
    index::Answers given(exact_.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      given[i / static_cast<std::size_t>(asked_.k)].push_back({static_cast<std::int32_t>(ids[i]), 0});
    }
    return index::CompareAnswers(exact_, given, asked_.k).value;
  }

  base::ThreadPool pool_{0};
  std::vector<float> vectors_;
  index::QuerySet asked_;
  index::Answers exact_;
  index::Tuning tuning_;
  std::vector<HandMadeIndex> hand_made_;
};

void Serve(Trials& trials) {
  std::cout << trials.Chosen() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "time") {
      std::cout << trials.Time() << std::endl;
    } else {
      HandMade made;
      words >> made.factory >> made.centroids_by_distance >> made.probes >> made.depth >> made.refine;
      std::cout << trials.Add(made) << std::endl;
    }
  }
}

}  // namespace
}  // namespace shortlist::benchmarks

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: index_trials ITEMS QUERIES WIDTH K TARGET\n";
    return 2;
  }
  shortlist::benchmarks::Trials trials(argv[1], argv[2], std::stoll(argv[3]), std::stoll(argv[4]), std::stod(argv[5]));
  shortlist::benchmarks::Serve(trials);
  return 0;
}
