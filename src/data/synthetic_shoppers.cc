#include "data/synthetic_shoppers.h"

#include <algorithm>

namespace shortlist::data {
namespace {

constexpr std::int64_t kFirstSecond = 1704067200;  // 2024-01-01
constexpr std::int64_t kSecondsPerDay = 86400;
constexpr std::int64_t kSecondsPerHour = 3600;

constexpr double kCompanionShare = 0.35;
constexpr double kFavoriteShare = 0.8;
constexpr double kHourShare = 0.1;
constexpr double kDriftShare = 0.04;
constexpr double kPurchaseShare = 0.3;
constexpr double kCartShare = 0.1;

constexpr std::array<std::string_view, 6> kCountries = {"GB", "DE", "FR", "NL", "ES", "IE"};
constexpr std::array<double, 6> kCountryShares = {0.5, 0.15, 0.12, 0.1, 0.08, 0.05};

// Relative traffic of each hour of the day.
constexpr std::array<double, 24> kTraffic = {2,  1,  1, 1, 1, 2,  4,  6,  8,  9,  10, 10,
                                             11, 10, 9, 9, 9, 10, 12, 14, 15, 13, 9,  5};

std::vector<double> ActivityOf(std::size_t shoppers) {
  std::vector<double> weights;
  const std::size_t flat = shoppers / 20 + 1;
  for (std::size_t rank = 0; rank < shoppers; ++rank) {
    weights.push_back(1.0 / static_cast<double>(rank + flat));
  }
  return weights;
}

// Second of the day at which the share `at` of the day's traffic has passed.
std::int64_t SecondOfDay(double at) {
  double left = 0;
  for (const double traffic : kTraffic) left += traffic;
  left *= at;
  for (std::size_t hour = 0; hour < kTraffic.size(); ++hour) {
    if (left < kTraffic[hour]) {
      const double part = left / kTraffic[hour];
      return static_cast<std::int64_t>((static_cast<double>(hour) + part) * kSecondsPerHour);
    }
    left -= kTraffic[hour];
  }
  return kSecondsPerDay - 1;
}

std::int64_t DayOf(std::int64_t time) {
  return (time - kFirstSecond) / kSecondsPerDay;
}

bool IsEvening(std::int64_t time) {
  return time % kSecondsPerDay >= 18 * kSecondsPerHour;
}

}  // namespace

SyntheticShoppers::SyntheticShoppers(const SynthesizeSettings& settings, std::int64_t seed,
                                     const SyntheticCatalog& catalog)
    : settings_(settings),
      catalog_(catalog),
      random_(static_cast<std::uint64_t>(seed), 2),
      activity_(ActivityOf(static_cast<std::size_t>(settings.users))) {
  for (std::int64_t user = 0; user < settings.users; ++user) shoppers_.push_back(MakeShopper());
}

SyntheticShoppers::Shopper SyntheticShoppers::MakeShopper() {
  Shopper shopper;
  for (std::uint32_t& favorite : shopper.favorites) {
    favorite = static_cast<std::uint32_t>(random_.Below(catalog_.categories()));
  }
  const double country = random_.Uniform();
  double sum = 0;
  while (shopper.country + 1U < kCountries.size() && country >= sum + kCountryShares.at(shopper.country)) {
    sum += kCountryShares.at(shopper.country++);
  }
  shopper.prefers_mobile = random_.Chance(0.5);
  return shopper;
}

std::int64_t SyntheticShoppers::NextTime() {
  const double days =
      static_cast<double>(settings_.days) * (static_cast<double>(made_) + 0.5) / static_cast<double>(settings_.events);
  const auto day = static_cast<std::int64_t>(days);
  return kFirstSecond + day * kSecondsPerDay + SecondOfDay(days - static_cast<double>(day));
}

SyntheticEvent SyntheticShoppers::Next() {
  SyntheticEvent event;
  event.user = activity_.Draw(random_);
  Shopper& shopper = shoppers_[event.user];
  event.time = NextTime();
  const bool repeats = shopper.purchases > 0 && random_.Chance(settings_.repeat_share);
  event.item = ChooseItem(shopper, event.time, repeats);
  const double action = random_.Uniform();
  if (repeats || action < kPurchaseShare) {
    event.action = SyntheticAction::kPurchase;
    event.quantity = 1 + static_cast<std::int64_t>(random_.Below(3) * random_.Below(3));
  } else if (action < kPurchaseShare + kCartShare) {
    event.action = SyntheticAction::kAddToCart;
  }
  const double mobile = (shopper.prefers_mobile ? 0.7 : 0.2) + (IsEvening(event.time) ? 0.2 : 0);
  event.device = random_.Chance(mobile) ? "mobile" : "desktop";
  event.country = kCountries.at(shopper.country);
  Remember(event, shopper);
  return event;
}

std::size_t SyntheticShoppers::ChooseItem(Shopper& shopper, std::int64_t time, bool repeats) {
  if (repeats) return shopper.purchased.at(random_.Below(std::min<std::size_t>(shopper.purchases, kRemembered)));
  if (shopper.events > 0 && random_.Chance(kCompanionShare)) {
    return catalog_.DrawCompanion(shopper.last_item, DayOf(time), random_);
  }
  if (random_.Chance(kDriftShare)) {
    shopper.favorites.at(random_.Below(3)) = static_cast<std::uint32_t>(random_.Below(catalog_.categories()));
  }
  return catalog_.DrawItem(ChooseCategory(shopper, time), DayOf(time), random_);
}

std::size_t SyntheticShoppers::ChooseCategory(const Shopper& shopper, std::int64_t time) {
  const double at = random_.Uniform();
  if (at < kFavoriteShare) {
    const double favorite = random_.Uniform();
    return shopper.favorites.at(favorite < 0.5 ? 0 : favorite < 0.8 ? 1 : 2);
  }
  const auto quarter_of_day = static_cast<std::size_t>(time % kSecondsPerDay / (6 * kSecondsPerHour));
  if (at < kFavoriteShare + kHourShare) return quarter_of_day % catalog_.categories();
  return random_.Below(catalog_.categories());
}

void SyntheticShoppers::Remember(const SyntheticEvent& event, Shopper& shopper) {
  ++made_;
  ++shopper.events;
  shopper.last_item = static_cast<std::uint32_t>(event.item);
  if (event.action != SyntheticAction::kPurchase) return;
  shopper.purchased.at(shopper.purchases % kRemembered) = static_cast<std::uint32_t>(event.item);
  ++shopper.purchases;
}

}  // namespace shortlist::data
