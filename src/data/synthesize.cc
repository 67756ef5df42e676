#include "data/synthesize.h"

#include <chrono>
#include <ostream>
#include <string>

#include "base/file.h"
#include "base/progress.h"
#include "data/random_stream.h"
#include "data/synthetic_catalog.h"
#include "data/synthetic_shoppers.h"

namespace shortlist::data {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;
constexpr std::int64_t kProgressStep = 4096;
constexpr double kDeliveredTwiceShare = 0.002;
constexpr double kUnlistedShare = 0.5;  // of those who do not consent

// A number with leading zeros.
std::string Padded(std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  return std::string(digits.size() < width ? width - digits.size() : 0, '0') + digits;
}

std::string UserId(std::size_t user) {
  return "user-" + std::to_string(user + 1);
}

std::string ItemId(std::size_t item) {
  return "item-" + std::to_string(item + 1);
}

std::string Price(std::int64_t cents) {
  return std::to_string(cents / 100) + "." + Padded(cents % 100, 2);
}

// Days since 1970-01-01 as YYYY-MM-DD.
std::string Date(std::int64_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return Padded(static_cast<int>(date.year()), 4) + "-" + Padded(static_cast<unsigned>(date.month()), 2) + "-" +
         Padded(static_cast<unsigned>(date.day()), 2);
}

std::string Timestamp(std::int64_t time) {
  const std::int64_t second = time % kSecondsPerDay;
  return Date(time / kSecondsPerDay) + "T" + Padded(second / 3600, 2) + ":" + Padded(second / 60 % 60, 2) + ":" +
         Padded(second % 60, 2) + "Z";
}

const char* ActionName(SyntheticAction action) {
  switch (action) {
    case SyntheticAction::kView:
      return "view";
    case SyntheticAction::kAddToCart:
      return "add_to_cart";
    case SyntheticAction::kPurchase:
      return "purchase";
  }
  return "";
}

// One row of events.csv, as text cells that can be damaged.
struct EventRow {
  std::string id;
  std::string user;
  std::string item;
  std::string time;
  std::string rest;
};

std::string Joined(const EventRow& row) {
  return row.id + "," + row.user + "," + row.item + "," + row.time + "," + row.rest + "\n";
}

EventRow MakeRow(std::int64_t number, const SyntheticEvent& event, const SyntheticItem& item) {
  return {"e" + Padded(number, 8), UserId(event.user), ItemId(event.item), Timestamp(event.time),
          std::string(ActionName(event.action)) + "," + std::to_string(event.quantity) + "," + Price(item.cents) + "," +
              std::string(event.device) + "," + std::string(event.country)};
}

std::string Damaged(EventRow row, RandomStream& random) {
  switch (random.Below(4)) {
    case 0:
      return row.id + "," + row.user + "," + row.item + "\n";
    case 1:
      row.time = "yesterday";
      return Joined(row);
    case 2:
      row.user.clear();
      return Joined(row);
    default:
      row.rest = "purchase,many,free,mobile,GB";
      return Joined(row);
  }
}

void WriteCatalog(const SyntheticCatalog& catalog, const std::filesystem::path& path) {
  base::AtomicFile file(path);
  file.stream() << "item,title,category,brand,price\n";
  for (std::size_t i = 0; i < catalog.items().size(); ++i) {
    const SyntheticItem& item = catalog.items()[i];
    file.stream() << ItemId(i) << ',' << item.title << ',' << catalog.CategoryName(item.category) << ',' << item.brand
                  << ',' << Price(item.cents) << '\n';
  }
  file.Commit();
}

// Half of those who do not agree to training are not listed at all.
void WriteConsent(const SynthesizeSettings& settings, std::int64_t seed, const std::filesystem::path& path) {
  RandomStream random(static_cast<std::uint64_t>(seed), 3);
  base::AtomicFile file(path);
  file.stream() << "user,purposes\n";
  for (std::int64_t user = 0; user < settings.users; ++user) {
    const bool agrees = random.Chance(settings.consent_share);
    if (!agrees && random.Chance(kUnlistedShare)) continue;
    file.stream() << UserId(static_cast<std::size_t>(user))
                  << (agrees ? ",personalization|training|analytics\n" : ",personalization\n");
  }
  file.Commit();
}

void WriteEvents(const SynthesizeSettings& settings, std::int64_t seed, const SyntheticCatalog& catalog,
                 const std::filesystem::path& path) {
  SyntheticShoppers shoppers(settings, seed, catalog);
  RandomStream random(static_cast<std::uint64_t>(seed), 4);
  base::Progress progress("synthesize events", settings.events, "events");
  base::AtomicFile file(path);
  file.stream() << "event_id,user,item,time,event_type,quantity,price,device,country\n";
  for (std::int64_t number = 1; number <= settings.events; ++number) {
    const SyntheticEvent event = shoppers.Next();
    const EventRow row = MakeRow(number, event, catalog.items()[event.item]);
    if (random.Chance(settings.malformed_share)) {
      file.stream() << Damaged(row, random);
    } else {
      file.stream() << Joined(row);
      if (random.Chance(kDeliveredTwiceShare)) file.stream() << Joined(row);
    }
    if (number % kProgressStep == 0) progress.Advance(kProgressStep);
  }
  progress.Advance(settings.events % kProgressStep);
  file.Commit();
}

}  // namespace

void Synthesize(const SynthesizeSettings& settings, std::int64_t seed, const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  const SyntheticCatalog catalog(settings, seed);
  WriteCatalog(catalog, directory / "catalog.csv");
  WriteConsent(settings, seed, directory / "consent.csv");
  WriteEvents(settings, seed, catalog, directory / "events.csv");
}

}  // namespace shortlist::data
