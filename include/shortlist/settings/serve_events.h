// What shoppers do while a server runs.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shortlist/settings/field.h"
#include "shortlist/settings/serve_event_store.h"

namespace shortlist {

enum class EventKind { kView, kClick, kAddToCart, kRemoveFromCart, kPurchase, kDwell, kDismiss, kSearch };
template <>
struct EnumNames<EventKind> {
  static constexpr std::array<std::string_view, 8> kNames = {"view",     "click", "add_to_cart", "remove_from_cart",
                                                             "purchase", "dwell", "dismiss",     "search"};
};

enum class ConsentRule { kIgnored, kRequired };
template <>
struct EnumNames<ConsentRule> {
  static constexpr std::array<std::string_view, 2> kNames = {"ignored", "required"};
};

// In days; 0: that of `others`, and there for ever.
struct RetentionSettings {
  std::int64_t others = 0;
  std::int64_t view = 0;
  std::int64_t click = 0;
  std::int64_t add_to_cart = 0;
  std::int64_t remove_from_cart = 0;
  std::int64_t purchase = 0;
  std::int64_t dwell = 0;
  std::int64_t dismiss = 0;
  std::int64_t search = 0;

  template <class Visitor>
  void Visit(Visitor& visit) {
    constexpr Bounds kDays{0, 36500};
    visit("others", others, "Days that events are kept whose kind has no limit of its own below; 0 for ever.", kDays);
    visit("view", view, "Days that views are kept; 0 as `others`.", kDays);
    visit("click", click, "Of clicks.", kDays);
    visit("add_to_cart", add_to_cart, "Of items put into the cart.", kDays);
    visit("remove_from_cart", remove_from_cart, "Of items taken out of it.", kDays);
    visit("purchase", purchase, "Of purchases.", kDays);
    visit("dwell", dwell, "Of dwells.", kDays);
    visit("dismiss", dismiss, "Of dismissals.", kDays);
    visit("search", search, "Of searches.", kDays);
  }
};

struct LiveEventSettings {
  std::string directory;
  std::string key_file;
  EventStoreSettings store;
  std::vector<EventKind> history = {EventKind::kView, EventKind::kClick, EventKind::kAddToCart, EventKind::kPurchase};
  std::int64_t max_events = 200;
  std::int64_t horizon_hours = 168;
  ConsentRule consent = ConsentRule::kIgnored;
  std::int64_t erasure_days = 30;
  RetentionSettings retention_days;
  std::int64_t max_batch = 1000;
  std::int64_t segment_mib = 16;
  std::int64_t rotate_seconds = 3600;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("directory", directory,
          "Folder of this server alone for the log of events, what is known of shoppers from it, and the Parquet files "
          "that `prepare` reads. Empty: the server takes no events.");
    visit("key_file", key_file,
          "File with the secret key that shoppers and events are named by on disk, for example from `openssl rand -hex "
          "32`. Without the key nobody can tell whose data it is, so keep it elsewhere, and a copy. Made if it is "
          "missing. Empty: the name of `directory` with the ending .key.");
    visit("store", store, "Where what is known of shoppers is kept.");
    visit("history", history,
          "Kinds of events that count as a shopper's history in answers: those that the model was trained on. An item "
          "that was dismissed last is left out of answers in any case.");
    visit("max_events", max_events, "Most recent events that are known of a shopper.", Bounds{1, 10000});
    visit("horizon_hours", horizon_hours,
          "Events older than this are refused, and their ids are remembered this long, so that an event which is sent "
          "again counts once, however late that is.",
          Bounds{1, 87600});
    visit(
        "consent", consent,
        "With `required`, what a shopper did not agree to is not done: without a consent that was told to the server, "
        "events are dropped and answers are not personal. `ignored` asks for none.");
    visit("erasure_days", erasure_days,
          "Days within which models that were trained before a shopper was erased are to be replaced. Receipts promise "
          "it; as long, answers use nothing that a model knows of the shopper.",
          Bounds{1, 3650});
    visit("retention_days", retention_days,
          "How long events of each kind are kept. Older ones are refused, and removed from the log, from profiles and "
          "from the files that `prepare` reads, at a start and once a day.");
    visit("max_batch", max_batch, "Most events in one call.", Bounds{1, 100000});
    visit("segment_mib", segment_mib, "Size at which a file of the log is closed and rewritten as Parquet.",
          Bounds{1, 4096});
    visit("rotate_seconds", rotate_seconds, "Age at which it is, whatever its size.", Bounds{1, 604800});
  }
};

}  // namespace shortlist
