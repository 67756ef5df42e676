#include "batch_export.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <span>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/manifest.h"
#include "base/progress.h"
#include "base/sealed_json.h"
#include "base/stop_signal.h"
#include "data/shortlist_file.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kPlanFile = "_export.json";
constexpr const char* kSuccessFile = "_SUCCESS";
// Shoppers who are encoded and searched for together, and those of a row group.
constexpr std::int64_t kShoppersTogether = 64;
constexpr std::int64_t kShoppersPerGroup = 4096;

Json ToJson(const ExportPlan& plan, const index::Bundle& bundle) {
  return {{"format", "shortlist export"},
          {"format_version", 1},
          {"bundle_version", bundle.version()},
          {"shoppers", bundle.user_count()},
          {"shoppers_per_part", plan.shoppers_per_part},
          {"k", plan.k},
          {"seen", plan.seen == serve::SeenPolicy::kMask ? "mask" : "allow"},
          {"time", plan.time}};
}

// The first member of what is wanted that is another there; empty for none.
std::string Difference(const Json& wanted, const Json& there) {
  for (const auto& [name, value] : wanted.items()) {
    const Json found = there.value(name, Json());
    if (found != value) return fmt::format("its {} is {}, not {}", name, found.dump(), value.dump());
  }
  return "";
}

LimitSettings LimitsFor(const ExportPlan& plan) {
  LimitSettings limits;
  limits.max_k = std::max(limits.max_k, plan.k);
  return limits;
}

data::ShortlistRow RowOf(std::string_view user, const serve::BatchOutcome& outcome) {
  if (const auto* error = std::get_if<Error>(&outcome)) throw *error;
  data::ShortlistRow row{user, {}, {}};
  for (const serve::ScoredEntry& item : std::get<serve::Recommendation>(outcome).items) {
    row.item_ids.push_back(item.id);
    row.scores.push_back(item.score);
  }
  return row;
}

}  // namespace

BatchExport::BatchExport(std::shared_ptr<const serve::ServingSnapshot> snapshot, const ExportPlan& plan,
                         const fs::path& directory)
    : snapshot_(std::move(snapshot)),
      plan_(plan),
      directory_(directory),
      parts_((snapshot_->bundle().user_count() + plan.shoppers_per_part - 1) / plan.shoppers_per_part),
      retrieval_(LimitsFor(plan), {snapshot_}) {
  Begin();
}

void BatchExport::Begin() {
  const fs::path file = directory_.path() / kPlanFile;
  if (fs::exists(file)) {
    const Json there = Json::parse(base::ReadSealedJson(file));
    if (plan_.time == 0) plan_.time = there.at("time");
    const std::string difference = Difference(ToJson(plan_, snapshot_->bundle()), there);
    if (difference.empty()) return;
    throw Error(Code::kFailedPrecondition, fmt::format("'{}' holds another export: {}; remove it or export elsewhere",
                                                       directory_.path().string(), difference));
  }
  if (!fs::is_empty(directory_.path())) {
    throw Error(Code::kFailedPrecondition,
                "'" + directory_.path().string() + "' holds something else; export into a new directory");
  }
  if (plan_.time == 0) plan_.time = base::UnixSeconds();
  base::WriteFileAtomically(file, base::SealJson(ToJson(plan_, snapshot_->bundle()).dump(2)));
}

fs::path BatchExport::PartFile(std::int64_t part) const {
  return directory_.path() / fmt::format("part-{:05}.parquet", part);
}

std::int64_t BatchExport::ShoppersOf(std::int64_t part) const {
  return std::min(plan_.shoppers_per_part, snapshot_->bundle().user_count() - part * plan_.shoppers_per_part);
}

std::vector<std::int64_t> BatchExport::MissingParts() const {
  std::vector<std::int64_t> missing;
  for (std::int64_t part = 0; part < parts_; ++part) {
    if (!fs::exists(PartFile(part))) missing.push_back(part);
  }
  return missing;
}

bool BatchExport::Run(base::ThreadPool& pool) {
  const std::vector<std::int64_t> missing = MissingParts();
  const auto count = static_cast<std::int64_t>(missing.size());
  if (count < parts_) base::LogInfo(fmt::format("{} of {} parts are there already", parts_ - count, parts_));
  std::int64_t shoppers = 0;
  for (const std::int64_t part : missing) shoppers += ShoppersOf(part);
  base::Progress progress("export", shoppers, "shoppers");
  std::atomic<std::int64_t> written{0};
  std::atomic<bool> whole{true};
  pool.ParallelFor(count, 1, [&](std::int64_t begin, std::int64_t /*end*/) {
    const std::int64_t part = missing[static_cast<std::size_t>(begin)];
    if (WritePart(part, [&](std::int64_t advanced) { progress.Advance(advanced); })) {
      written += ShoppersOf(part);
    } else {
      whole = false;
    }
  });
  written_shoppers_ = written;
  if (whole && !fs::exists(directory_.path() / kSuccessFile)) Finish();
  return whole;
}

bool BatchExport::WritePart(std::int64_t part, const std::function<void(std::int64_t)>& advance) const {
  data::ShortlistFile file(PartFile(part));
  const std::int64_t first = part * plan_.shoppers_per_part;
  const std::int64_t end = first + ShoppersOf(part);
  std::vector<data::ShortlistRow> rows;
  for (std::int64_t begin = first; begin < end; begin += kShoppersTogether) {
    if (base::StopRequested()) return false;
    const std::int64_t together = std::min(kShoppersTogether, end - begin);
    std::vector<serve::RecommendRequest> requests(static_cast<std::size_t>(together));
    for (std::size_t i = 0; i < requests.size(); ++i) {
      requests[i].user_id = snapshot_->bundle().UserId(static_cast<std::int32_t>(begin) + static_cast<std::int32_t>(i));
      requests[i].k = plan_.k;
      requests[i].seen = plan_.seen;
      requests[i].time = plan_.time;
    }
    const std::vector<serve::BatchOutcome> outcomes = retrieval_.RecommendEach(requests);
    for (std::size_t i = 0; i < requests.size(); ++i) rows.push_back(RowOf(*requests[i].user_id, outcomes[i]));
    const bool is_last = begin + together == end;
    if (is_last || static_cast<std::int64_t>(rows.size()) >= kShoppersPerGroup) {
      file.Append(rows);
      rows.clear();
    }
    advance(together);
  }
  file.Commit();
  return true;
}

void BatchExport::Finish() const {
  Json json = ToJson(plan_, snapshot_->bundle());
  json["files"] = Json::array();
  for (const base::FileEntry& file : base::ListFiles(directory_.path(), {kPlanFile})) {
    json["files"].push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  }
  base::WriteFileAtomically(directory_.path() / kSuccessFile, base::SealJson(json.dump(2)));
}

}  // namespace shortlist::tools
