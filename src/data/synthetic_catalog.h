// The goods of the made-up retailer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/random_stream.h"
#include "shortlist/settings/synthesize.h"

namespace shortlist::data {

struct SyntheticItem {
  std::string title;
  std::size_t category = 0;
  std::string brand;
  std::int64_t cents = 0;
  std::int64_t first_day = 0;               // on sale from this day on
  std::array<std::size_t, 3> companions{};  // what shoppers buy after it, the likeliest first
};

// Popularity is Zipf's: the item of rank r, within its category and overall, draws as 1 / (r + 3). One item in ten
// comes on sale during the last quarter of the days.
class SyntheticCatalog {
 public:
  SyntheticCatalog(const SynthesizeSettings& settings, std::int64_t seed);

  const std::vector<SyntheticItem>& items() const { return items_; }
  const std::string& CategoryName(std::size_t category) const { return category_names_[category]; }
  std::size_t categories() const { return category_names_.size(); }

  // An item that is on sale, by popularity within the category.
  std::size_t DrawItem(std::size_t category, std::int64_t day, RandomStream& random) const;
  // One of the companions, or the item itself if that is not on sale yet.
  std::size_t DrawCompanion(std::size_t item, std::int64_t day, RandomStream& random) const;

 private:
  void NameCategories(std::size_t count);
  SyntheticItem MakeItem(std::size_t item, const SynthesizeSettings& settings, RandomStream& random) const;
  void ChooseCompanions(RandomStream& random);

  std::vector<std::string> category_names_;
  std::vector<SyntheticItem> items_;
  std::vector<std::vector<std::size_t>> members_;  // items of each category
  std::vector<WeightedDraw> popularity_;           // of each category
};

}  // namespace shortlist::data
