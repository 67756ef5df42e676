// What a shopper does, what a shopper agrees to, and that a shopper is to be forgotten: the entries of the log.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "profile/bytes.h"
#include "shortlist/error.h"
#include "shortlist/settings/serve_events.h"

namespace shortlist::profile {

struct Event {
  std::string id;  // unique over all shoppers; the same event sent twice has the same
  std::string user;
  EventKind kind = EventKind::kView;
  std::string item;          // empty for a search, which has a query
  std::int64_t time = 0;     // Unix seconds
  double quantity = 0;       // of a purchase, units; 0: not known
  double price = 0;          // of one unit; 0: not known
  double dwell_seconds = 0;  // of a dwell
  std::string query;         // of a search
  std::string device;
  std::string channel;
  std::string locale;
  std::string request;         // id of the answer that it followed; empty: not known
  std::uint64_t purposes = 0;  // that the shopper agreed to when it was recorded: bit n for Purpose n

  friend bool operator==(const Event&, const Event&) = default;
};

enum class Purpose { kPersonalization, kTraining, kAnalytics, kGroupProfiling };
inline constexpr std::array<std::string_view, 4> kPurposeNames = {"personalization", "training", "analytics",
                                                                  "group_profiling"};

// Of a mask with bit n for Purpose n.
constexpr bool Includes(std::uint64_t purposes, Purpose purpose) {
  return (purposes >> static_cast<int>(purpose) & 1) != 0;
}

// What a shopper agreed to.
struct Consent {
  std::uint64_t purposes = 0;  // bit n for Purpose n
  std::string version;         // of the text that was agreed to
  std::string source;          // how it was given, such as "banner" or "gpc"
  std::int64_t time = 0;       // Unix seconds

  bool Allows(Purpose purpose) const { return Includes(purposes, purpose); }

  friend bool operator==(const Consent&, const Consent&) = default;
};

// Their names.
std::vector<std::string_view> PurposesOf(const Consent& consent);

// Of two consents of a shopper the later one holds, by their times; of equal times, the one that came last.
struct ConsentChange {
  std::string user;
  Consent consent;

  friend bool operator==(const ConsentChange&, const ConsentChange&) = default;
};

// The server that was told of an entry, and the entry's place in that server's log.
struct Origin {
  std::string server;
  std::uint64_t sequence = 0;

  friend bool operator==(const Origin&, const Origin&) = default;
};

// Nothing that the log knows of the shopper before counts any more, or is kept.
struct Erasure {
  std::string user;
  std::vector<std::string> visitors = {};  // who turned out to be this shopper, and are forgotten, too
  std::optional<Origin> origin = {};       // where another server was told, which changed what they share

  friend bool operator==(const Erasure&, const Erasure&) = default;
};

// A visitor turned out to be this shopper: what either did before and what the visitor does later is the shopper's.
struct Identification {
  std::string user;
  std::string visitor;
  std::optional<Consent> consent;     // of the visitor, which becomes the shopper's who was never asked
  std::optional<Origin> origin = {};  // as of an erasure

  friend bool operator==(const Identification&, const Identification&) = default;
};

using Entry = std::variant<Event, ConsentChange, Erasure, Identification>;

// Of an identification, whom the visitor turned out to be.
std::string_view ShopperOf(const Entry& entry);
// Null for what this server was told.
const Origin* OriginOf(const Entry& entry);

// Why an event cannot be recorded, whatever the time; `place` names it, as in "events[3]".
std::optional<Error> FindProblem(const Event& event, const std::string& place);
std::optional<Error> FindProblem(const ConsentChange& change);
std::optional<Error> FindProblem(const Identification& identification);
// The same of the id of a shopper alone.
std::optional<Error> FindProblemOfShopper(std::string_view user);

void Write(const Consent& consent, ByteWriter& writer);
Consent ReadConsent(ByteReader& reader);

std::string ToBytes(const Entry& entry);
// Throws Error{kDataLoss} for bytes that ToBytes did not make.
Entry EntryFrom(std::string_view bytes);

}  // namespace shortlist::profile
