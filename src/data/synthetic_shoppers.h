// What the shoppers of the made-up retailer do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "data/random_stream.h"
#include "data/synthetic_catalog.h"
#include "shortlist/settings/synthesize.h"

namespace shortlist::data {

enum class SyntheticAction { kView, kAddToCart, kPurchase };

struct SyntheticEvent {
  std::size_t user = 0;
  std::size_t item = 0;
  std::int64_t time = 0;
  SyntheticAction action = SyntheticAction::kView;
  std::int64_t quantity = 1;
  std::string_view device;
  std::string_view country;
};

// Shoppers of Zipf-distributed activity. A shopper repeats an earlier purchase, or takes a companion of the last item,
// or follows one of three favorite categories, which drift, or what is usual at this hour. Needs memory for each
// shopper, not for each event.
class SyntheticShoppers {
 public:
  // `catalog` must outlive the object.
  SyntheticShoppers(const SynthesizeSettings& settings, std::int64_t seed, const SyntheticCatalog& catalog);

  // The next event; times never fall and are spread over the days as settings.events asks for, more by day than by
  // night.
  SyntheticEvent Next();

 private:
  static constexpr std::size_t kRemembered = 12;
  struct Shopper {
    std::array<std::uint32_t, 3> favorites{};
    std::uint32_t last_item = 0;
    std::uint32_t events = 0;
    std::uint32_t purchases = 0;
    std::array<std::uint32_t, kRemembered> purchased{};
    std::uint8_t country = 0;
    bool prefers_mobile = false;
  };

  Shopper MakeShopper();
  std::int64_t NextTime();
  std::size_t ChooseItem(Shopper& shopper, std::int64_t time, bool repeats);
  std::size_t ChooseCategory(const Shopper& shopper, std::int64_t time);
  void Remember(const SyntheticEvent& event, Shopper& shopper);

  SynthesizeSettings settings_;
  const SyntheticCatalog& catalog_;
  RandomStream random_;
  std::vector<Shopper> shoppers_;
  WeightedDraw activity_;
  std::int64_t made_ = 0;
};

}  // namespace shortlist::data
