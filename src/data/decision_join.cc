#include "data/decision_join.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/progress.h"
#include "data/consent.h"
#include "data/decision_file.h"
#include "data/event_file.h"
#include "data/external_sorter.h"
#include "data/joined_file.h"
#include "data/record_file.h"
#include "features/stable_hash.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

namespace fs = std::filesystem;

// How much earlier than its answer an event may be that names it.
constexpr std::int64_t kClocksDiffer = 300;

enum class TouchKind : std::uint64_t { kShown, kClick, kAddToCart, kPurchase };

// An item that was shown, or an event of an item, under what may bring the two together. Keys of requests and of
// shoppers have different seeds, so that both sort in one file.
struct Touch {
  std::uint64_t key = 0;
  std::uint64_t check = 0;  // another hash of the same
  std::int64_t order = 0;   // the time that counts for which answer was the last
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
  TouchKind kind = TouchKind::kShown;
  std::uint64_t shown = 0;  // number of the item that was shown
};

// An event that is the outcome of an item that was shown.
struct Attributed {
  std::uint64_t shown = 0;
  std::int64_t time = 0;
  std::uint64_t sequence = 0;
  TouchKind kind = TouchKind::kClick;
  std::int64_t delay = 0;
};

template <class Record>
Record RecordFrom(const std::byte* bytes) {
  Record record;
  std::memcpy(&record, bytes, sizeof record);
  return record;
}

template <class Record>
void Add(const Record& record, ExternalSorter& sorter) {
  sorter.Add(reinterpret_cast<const std::byte*>(&record));
}

std::uint64_t Rising(std::int64_t time) {
  return static_cast<std::uint64_t>(time) ^ (std::uint64_t{1} << 63);
}

// By key, then time; items that were shown before events of the same second.
SortKey ByKeyAndTime(const std::byte* bytes) {
  const auto touch = RecordFrom<Touch>(bytes);
  const std::uint64_t after = touch.kind == TouchKind::kShown ? 0 : std::uint64_t{1} << 63;
  return {touch.key, Rising(touch.order), touch.sequence | after};
}

SortKey ByShownAndTime(const std::byte* bytes) {
  const auto attributed = RecordFrom<Attributed>(bytes);
  return {attributed.shown, Rising(attributed.time), attributed.sequence};
}

enum class Owner : std::uint64_t { kRequest = 1, kShopper = 2 };

Touch TouchOf(Owner owner, std::string_view id, std::string_view item) {
  constexpr std::uint64_t kCheck = 16;
  const auto seed = static_cast<std::uint64_t>(owner);
  const auto hash = [&](std::uint64_t with) {
    return features::Mix64(features::StableHash(id, with) + 3 * features::StableHash(item, with + 4));
  };
  Touch touch;
  touch.key = hash(seed);
  touch.check = hash(seed + kCheck);
  return touch;
}

std::optional<TouchKind> KindOf(std::string_view event_type) {
  if (event_type == "click") return TouchKind::kClick;
  if (event_type == "add_to_cart") return TouchKind::kAddToCart;
  if (event_type == "purchase") return TouchKind::kPurchase;
  return std::nullopt;
}

// In the order of their names; none where the folder is not there.
std::vector<fs::path> FilesIn(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> files;
  if (!fs::is_directory(folder)) return files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ending) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::int64_t BytesOf(const std::vector<fs::path>& files) {
  std::int64_t bytes = 0;
  for (const fs::path& file : files) bytes += static_cast<std::int64_t>(fs::file_size(file));
  return bytes;
}

void Count(const Outcome& outcome, Tally& tally) {
  ++tally.shown;
  tally.clicked += outcome.clicked ? 1 : 0;
  tally.carted += outcome.carted ? 1 : 0;
  tally.bought += outcome.bought ? 1 : 0;
  tally.reward += outcome.reward;
}

std::vector<Tally> Named(const std::map<std::string, Tally>& tallies) {
  std::vector<Tally> named;
  for (const auto& [name, tally] : tallies) named.push_back(tally);
  return named;
}

class Join {
 public:
  explicit Join(const JoinPlan& plan)
      : plan_(plan),
        directory_(plan.out),
        scratch_(directory_.path() / "scratch"),
        touches_(scratch_ / "touches", sizeof(Touch), ByKeyAndTime, plan.memory_bytes / 2),
        attributed_(scratch_ / "attributed", sizeof(Attributed), ByShownAndTime, plan.memory_bytes / 2) {
    base::MakeDirectories(scratch_);
  }

  JoinReport Run() {
    PinDecisions();
    ReadConsents();
    ReadDecisions();
    ReadEvents();
    Attribute();
    WriteRows();
    fs::remove_all(scratch_);
    directory_.Commit();
    return std::move(report_);
  }

 private:
  // Decisions are read twice, and a server may replace or remove files meanwhile: links keep those of now.
  void PinDecisions() {
    for (const fs::path& lake : plan_.lakes) {
      for (const fs::path& file : FilesIn(lake / "decisions", ".parquet")) {
        const fs::path pinned = scratch_ / fmt::format("{:08}.parquet", decisions_.size());
        std::error_code failure;
        fs::create_hard_link(file, pinned, failure);
        if (failure) fs::copy_file(file, pinned);
        decisions_.push_back(pinned);
      }
    }
    if (!decisions_.empty()) return;
    throw Error(Code::kNotFound, "there are no decisions in '" + (plan_.lakes.front() / "decisions").string() +
                                     "'; a server writes them with serve.decisions.fraction, when "
                                     "serve.decisions.rotate_seconds have passed");
  }

  void ReadConsents() {
    if (plan_.consent == JoinConsent::kIgnored) return;
    ConsentSource source;
    for (const fs::path& lake : plan_.lakes) {
      for (const fs::path& file : FilesIn(lake / "consents", ".jsonl")) source.paths.push_back(file.string());
    }
    consent_.emplace();
    if (source.paths.empty()) return;
    Quarantine quarantine(scratch_ / "quarantine.jsonl");
    SourceReport report{"consent", 0, 0};
    consent_ = Consent::Read(source, {}, quarantine, report);
  }

  bool IsDenied(const DecisionRow& decision) const { return consent_ && !consent_->AllowsTraining(decision.user); }

  // Visits those that are joined, the same ones each time. Returns how many are not.
  template <class VisitDecision>
  std::int64_t ForEachDecision(const fs::path& file, VisitDecision visit) {
    std::int64_t denied = 0;
    ReadDecisionFile(file, [&](const DecisionRow& decision) {
      if (IsDenied(decision)) {
        ++denied;
      } else {
        visit(decision);
      }
    });
    return denied;
  }

  void ReadDecisions() {
    base::Progress progress("read decisions", BytesOf(decisions_), "bytes");
    std::uint64_t number = 0;
    for (const fs::path& file : decisions_) {
      report_.denied += ForEachDecision(file, [&](const DecisionRow& decision) {
        ++report_.decisions;
        for (const std::string_view item : decision.items) AddShown(decision, item, number++);
      });
      progress.Advance(static_cast<std::int64_t>(fs::file_size(file)));
    }
  }

  void AddShown(const DecisionRow& decision, std::string_view item, std::uint64_t number) {
    AddTouch(TouchOf(Owner::kRequest, decision.request_id, item), decision.time, decision.time, TouchKind::kShown,
             number);
    if (decision.user.empty()) return;
    AddTouch(TouchOf(Owner::kShopper, decision.user, item), decision.time, decision.time, TouchKind::kShown, number);
  }

  void AddTouch(Touch touch, std::int64_t order, std::int64_t time, TouchKind kind, std::uint64_t shown) {
    touch.order = order;
    touch.time = time;
    touch.kind = kind;
    touch.shown = shown;
    touch.sequence = sequence_++;
    Add(touch, touches_);
  }

  void ReadEvents() {
    std::vector<fs::path> files;
    for (const fs::path& lake : plan_.lakes) {
      std::ranges::copy(FilesIn(lake / "events", ".parquet"), std::back_inserter(files));
    }
    base::Progress progress("read events", BytesOf(files), "bytes");
    for (const fs::path& file : files) {
      const auto bytes = static_cast<std::int64_t>(fs::file_size(file));
      ReadEventFile(file, [&](const EventRow& event) { AddEvent(event); });
      progress.Advance(bytes);
    }
  }

  void AddEvent(const EventRow& event) {
    const std::optional<TouchKind> kind = KindOf(event.event_type);
    if (!kind) return;
    ++report_.events;
    if (event.request_id.empty()) {
      AddTouch(TouchOf(Owner::kShopper, event.user, event.item), event.time, event.time, *kind, 0);
    } else {
      AddTouch(TouchOf(Owner::kRequest, event.request_id, event.item), event.time + kClocksDiffer, event.time, *kind,
               0);
    }
  }

  // Under each key the answers pass in the order of their times, and each event finds the last one.
  void Attribute() {
    base::Progress progress("join", static_cast<std::int64_t>(sequence_), "records");
    std::optional<Touch> last;
    touches_.Drain([&](const std::byte* bytes) {
      const auto touch = RecordFrom<Touch>(bytes);
      if (touch.kind == TouchKind::kShown) {
        last = touch;
      } else if (last && last->key == touch.key && last->check == touch.check) {
        AddIfInTime(*last, touch);
      }
      progress.Advance(1);
    });
  }

  void AddIfInTime(const Touch& shown, const Touch& event) {
    if (event.time - shown.time > plan_.window_seconds) return;
    ++report_.attributed;
    const std::int64_t delay = std::max<std::int64_t>(0, event.time - shown.time);
    Add(Attributed{shown.shown, event.time, event.sequence, event.kind, delay}, attributed_);
  }

  // Both sides come in the order of the items' numbers; the decisions drive, and pull outcomes from a file.
  void WriteRows() {
    const fs::path sorted = scratch_ / "outcomes";
    RecordWriter writer(sorted, sizeof(Attributed), kBufferBytes);
    attributed_.Drain([&](const std::byte* record) { writer.Append(record); });
    writer.Close();
    Outcomes outcomes(sorted, plan_.rewards);
    base::Progress progress("write", report_.decisions, "decisions");
    std::uint64_t number = 0;
    for (std::size_t part = 0; part < decisions_.size(); ++part) {
      JoinedFile rows(directory_.path() / fmt::format("part-{:05}.parquet", part));
      ForEachDecision(decisions_[part], [&](const DecisionRow& decision) {
        for (std::size_t place = 0; place < decision.items.size(); ++place) {
          const Outcome outcome = outcomes.Of(number++);
          rows.Append(decision, place, outcome);
          CountAll(decision, place, outcome);
        }
        progress.Advance(1);
      });
      rows.Commit();
    }
    report_.by_version = Named(by_version_);
    report_.by_reason = Named(by_reason_);
  }

  void CountAll(const DecisionRow& decision, std::size_t place, const Outcome& outcome) {
    Count(outcome, report_.total);
    while (report_.by_position.size() <= place) {
      report_.by_position.push_back({.name = std::to_string(report_.by_position.size() + 1)});
    }
    Count(outcome, report_.by_position[place]);
    CountUnder(fmt::format("{} {}", decision.policy, decision.bundle_version), outcome, by_version_);
    CountUnder(std::string(decision.item_reasons[place]), outcome, by_reason_);
  }

  static void CountUnder(const std::string& name, const Outcome& outcome, std::map<std::string, Tally>& tallies) {
    Tally& tally = tallies[name];
    tally.name = name;
    Count(outcome, tally);
  }

  // Outcomes of items, asked for by rising numbers.
  class Outcomes {
   public:
    Outcomes(const fs::path& file, const Rewards& rewards)
        : reader_(file, sizeof(Attributed), kBufferBytes), rewards_(rewards) {
      Advance();
    }

    Outcome Of(std::uint64_t number) {
      Outcome outcome;
      for (; next_ && next_->shown == number; Advance()) Take(*next_, outcome);
      return outcome;
    }

   private:
    void Advance() {
      const std::byte* const record = reader_.Next();
      next_ = record == nullptr ? std::nullopt : std::optional(RecordFrom<Attributed>(record));
    }

    void Take(const Attributed& event, Outcome& outcome) const {
      if (!outcome.delay_seconds) outcome.delay_seconds = event.delay;
      double reward = rewards_.click;
      if (event.kind == TouchKind::kClick) outcome.clicked = true;
      if (event.kind == TouchKind::kAddToCart) {
        outcome.carted = true;
        reward = rewards_.add_to_cart;
      }
      if (event.kind == TouchKind::kPurchase) {
        outcome.bought = true;
        reward = rewards_.purchase;
      }
      outcome.reward = std::max(outcome.reward, reward);
    }

    RecordReader reader_;
    const Rewards& rewards_;
    std::optional<Attributed> next_;
  };

  static constexpr std::size_t kBufferBytes = 1 << 18;

  const JoinPlan& plan_;
  base::AtomicDirectory directory_;
  fs::path scratch_;
  std::vector<fs::path> decisions_;
  std::optional<Consent> consent_;
  ExternalSorter touches_;
  ExternalSorter attributed_;
  std::uint64_t sequence_ = 0;
  std::map<std::string, Tally> by_version_;
  std::map<std::string, Tally> by_reason_;
  JoinReport report_;
};

}  // namespace

JoinReport JoinDecisions(const JoinPlan& plan) {
  return Join(plan).Run();
}

}  // namespace shortlist::data
