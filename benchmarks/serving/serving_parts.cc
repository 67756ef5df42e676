// What an answer is made of, each part alone. benchmarks/serving.py puts the parts together and holds them against the
// whole server.
//
//   serving_parts make KIND ITEMS DIRECTORY   writes a bundle
//   serving_parts measure DIRECTORY SECONDS   CPU of search, user tower and whole answer, as JSON on stdout
//   serving_parts empty-server                answers every call with an empty message until its stdin ends
//   serving_parts search-server DIRECTORY     does so after the search by Faiss alone
#include <algorithm>
#include <atomic>
#include <ctime>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "index/openmp_threads.h"
#include "serve/grpc_messages.h"
#include "serve/retrieval.h"
#include "serve/snapshot.h"
#include "serving/bare_server.h"
#include "serving/benchmark_bundle.h"
#include "serving/raw_search.h"
#include "shortlist/error.h"
#include "shortlist/v1/retrieval.pb.h"

namespace shortlist::benchmarks {
namespace {

constexpr std::int64_t kNeighbors = 10;
constexpr std::int32_t kQueries = 4096;  // more than any cache holds the answers of

double ThreadCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Microseconds of CPU per query of work(first) on queries first, first + 1, ..., first + size - 1.
double Measure(double seconds, std::int32_t size, const std::function<void(std::int32_t)>& work) {
  const double begin = ThreadCpuSeconds();
  std::int64_t done = 0;
  double taken = 0;
  while (taken < seconds) {
    work(static_cast<std::int32_t>(done % kQueries));
    done += size;
    taken = ThreadCpuSeconds() - begin;
  }
  return 1e6 * taken / static_cast<double>(done);
}

// Shoppers of a bundle and everything that can be asked about them.
class Parts {
 public:
  explicit Parts(const std::filesystem::path& directory)
      : snapshot_(serve::ServingSnapshot::Load(directory)),
        raw_(directory / "items.faiss", bundle().settings().index.items),
        width_(bundle().items().width()),
        retrieval_({}, {snapshot_}) {
    for (std::int32_t first = 0; first < kQueries; first += kBatch) {
      const std::vector<float> some = Encode(first, kBatch);
      vectors_.insert(vectors_.end(), some.begin(), some.end());
    }
    padded_ = raw_.Padded(vectors_, width_);
  }

  std::vector<float> Encode(std::int32_t first, std::int32_t size) const {
    base::QueryBatch batch;
    for (std::int32_t user = first; user < first + size; ++user) {
      const auto times = bundle().HistoryTimes(user);
      snapshot_->AppendShopper({bundle().HistoryItems(user), times}, times.back(), {}, batch);
    }
    return snapshot_->EncodeShoppers(batch);
  }

  void RawSearch(std::int32_t first, std::int32_t size) const {
    const auto padded = static_cast<std::size_t>(raw_.padded_width());
    raw_.Search(
        std::span(padded_).subspan(static_cast<std::size_t>(first) * padded, static_cast<std::size_t>(size) * padded),
        kNeighbors);
  }

  // As the server searches: without the items of the history.
  void MaskedSearch(std::int32_t user) const {
    std::vector<std::int32_t> seen(bundle().HistoryItems(user).begin(), bundle().HistoryItems(user).end());
    std::ranges::sort(seen);
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    const auto width = static_cast<std::size_t>(width_);
    bundle().items().Search(std::span(vectors_).subspan(static_cast<std::size_t>(user) * width, width), kNeighbors,
                            seen);
  }

  // Everything of an answer but gRPC, from the request's message to the answer's bytes.
  void Answer(std::int32_t first, std::int32_t size) const {
    v1::RecommendBatchRequest batch;
    for (std::int32_t user = first; user < first + size; ++user) {
      v1::RecommendRequest& request = *batch.add_requests();
      request.set_user_id(UserName(user));
      request.set_k(kNeighbors);
    }
    serve::MessageOf(retrieval_.RecommendBatch(serve::RequestsFrom(batch)));
  }

 private:
  const index::Bundle& bundle() const { return snapshot_->bundle(); }

  std::shared_ptr<const serve::ServingSnapshot> snapshot_;
  benchmarks::RawSearch raw_;
  std::int64_t width_;
  std::vector<float> vectors_;
  std::vector<float> padded_;
  serve::RetrievalService retrieval_;
};

nlohmann::json MeasureParts(const std::filesystem::path& directory, double seconds) {
  const index::OpenMpThreads alone(1);
  Parts parts(directory);
  const auto search = [&](std::int32_t size) {
    return Measure(seconds, size, [&, size](std::int32_t first) { parts.RawSearch(first, size); });
  };
  const auto tower = [&](std::int32_t size) {
    return Measure(seconds, size, [&, size](std::int32_t first) { parts.Encode(first, size); });
  };
  const auto answer = [&](std::int32_t size) {
    return Measure(seconds, size, [&, size](std::int32_t first) { parts.Answer(first, size); });
  };
  return {{"raw_search", {search(1), search(kBatch)}},
          {"tower", {tower(1), tower(kBatch)}},
          {"masked_search", Measure(seconds, 1, [&](std::int32_t user) { parts.MaskedSearch(user); })},
          {"answer", {answer(1), answer(kBatch)}}};
}

// A server that answers with nothing after the search by Faiss alone, for one shopper after the other.
void ServeRawSearch(const std::filesystem::path& directory) {
  Parts parts(directory);
  std::atomic<std::uint32_t> next = 0;
  ServeBarely([&](std::int32_t shoppers) {
    const index::OpenMpThreads alone(1);
    const auto first = next.fetch_add(static_cast<std::uint32_t>(shoppers)) % kQueries;
    parts.RawSearch(std::min(static_cast<std::int32_t>(first), kQueries - shoppers), shoppers);
  });
}

IndexKind KindNamed(const std::string& name) {
  const auto& names = EnumNames<IndexKind>::kNames;
  const auto* found = std::ranges::find(names, name);
  if (found == names.end()) throw Error(Code::kInvalidArgument, "there is no index kind '" + name + "'");
  return static_cast<IndexKind>(found - names.begin());
}

// "ivf_flat", or "ivf_flat:map" for one whose lists are mapped.
void Make(const std::string& kind, const std::string& items, const std::filesystem::path& directory) {
  BundleShape shape;
  shape.kind = KindNamed(kind.substr(0, kind.find(':')));
  if (kind.ends_with(":map")) shape.load = IndexLoad::kMap;
  shape.items = std::stoi(items);
  WriteBenchmarkBundle(shape, directory);
}

int Run(const std::vector<std::string>& arguments) {
  const std::string action = arguments.empty() ? "" : arguments[0];
  if (action == "make" && arguments.size() == 4) {
    Make(arguments[1], arguments[2], arguments[3]);
  } else if (action == "measure" && arguments.size() == 3) {
    std::cout << MeasureParts(arguments[1], std::stod(arguments[2])) << "\n";
  } else if (action == "empty-server" && arguments.size() == 1) {
    ServeBarely([](std::int32_t /*shoppers*/) {});
  } else if (action == "search-server" && arguments.size() == 2) {
    ServeRawSearch(arguments[1]);
  } else {
    std::cerr << "usage: serving_parts make KIND[:map] ITEMS DIRECTORY | measure DIRECTORY SECONDS | empty-server | "
                 "search-server DIRECTORY\n";
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace shortlist::benchmarks

int main(int argc, char** argv) {
  try {
    return shortlist::benchmarks::Run({argv + 1, argv + argc});
  } catch (const std::exception& failure) {
    std::cerr << "error: " << failure.what() << "\n";
    return 1;
  }
}
