#include "data/synthetic_catalog.h"

#include <string_view>

namespace shortlist::data {
namespace {

struct Department {
  std::string_view name;
  std::array<std::string_view, 4> goods;
};

constexpr std::array<Department, 12> kDepartments = {{{"lighting", {"Lamp", "Lantern", "Candle", "Chandelier"}},
                                                      {"kitchen", {"Teapot", "Bowl", "Jug", "Cake Stand"}},
                                                      {"garden", {"Planter", "Bird House", "Watering Can", "Bench"}},
                                                      {"textiles", {"Cushion", "Throw", "Rug", "Curtain"}},
                                                      {"stationery", {"Notebook", "Pencil Set", "Card", "Album"}},
                                                      {"toys", {"Puzzle", "Doll", "Train", "Kite"}},
                                                      {"bath", {"Soap", "Towel", "Mirror", "Basket"}},
                                                      {"storage", {"Box", "Shelf", "Hook", "Tin"}},
                                                      {"christmas", {"Wreath", "Bauble", "Stocking", "Garland"}},
                                                      {"travel", {"Suitcase", "Umbrella", "Flask", "Wallet"}},
                                                      {"jewelry", {"Necklace", "Bracelet", "Ring", "Brooch"}},
                                                      {"office", {"Clock", "Desk Tidy", "Bookend", "Globe"}}}};
constexpr std::array<std::string_view, 10> kStyles = {"Vintage", "Rustic", "Modern",  "Folding", "Hanging",
                                                      "Mini",    "Large",  "Classic", "Nordic",  "Painted"};
constexpr std::array<std::string_view, 10> kMaterials = {"Oak",   "Glass", "Enamel", "Linen", "Copper",
                                                         "Paper", "Wool",  "Marble", "Brass", "Ceramic"};
constexpr std::size_t kBrandsPerCategory = 5;
constexpr double kLateShare = 0.1;
constexpr int kTriesForItemOnSale = 8;

double Popularity(std::size_t rank) {
  return 1.0 / static_cast<double>(rank + 3);
}

const Department& DepartmentOf(std::size_t category) {
  return kDepartments.at(category % kDepartments.size());
}

template <std::size_t N>
std::string_view OneOf(const std::array<std::string_view, N>& words, RandomStream& random) {
  return words.at(random.Below(N));
}

std::string MakeTitle(std::size_t category, RandomStream& random) {
  std::string title(OneOf(kStyles, random));
  title += " " + std::string(OneOf(kMaterials, random));
  return title + " " + std::string(OneOf(DepartmentOf(category).goods, random));
}

}  // namespace

SyntheticCatalog::SyntheticCatalog(const SynthesizeSettings& settings, std::int64_t seed) {
  RandomStream random(static_cast<std::uint64_t>(seed), 1);
  const auto count = static_cast<std::size_t>(settings.items);
  NameCategories(std::min(static_cast<std::size_t>(settings.categories), count));
  members_.resize(categories());
  for (std::size_t item = 0; item < count; ++item) {
    items_.push_back(MakeItem(item, settings, random));
    members_[items_.back().category].push_back(item);
  }
  for (const std::vector<std::size_t>& members : members_) {
    std::vector<double> weights;
    for (std::size_t rank = 0; rank < members.size(); ++rank) weights.push_back(Popularity(rank));
    popularity_.emplace_back(weights);
  }
  ChooseCompanions(random);
}

void SyntheticCatalog::NameCategories(std::size_t count) {
  for (std::size_t category = 0; category < count; ++category) {
    std::string name(DepartmentOf(category).name);
    if (category >= kDepartments.size()) name += " " + std::to_string(category / kDepartments.size() + 1);
    category_names_.push_back(std::move(name));
  }
}

SyntheticItem SyntheticCatalog::MakeItem(std::size_t item, const SynthesizeSettings& settings,
                                         RandomStream& random) const {
  SyntheticItem made;
  made.category = item % categories();
  made.title = MakeTitle(made.category, random);
  made.brand = category_names_[made.category] + " house " + std::to_string(1 + random.Below(kBrandsPerCategory));
  made.cents = 99 + 100 * static_cast<std::int64_t>(random.Below(10) * random.Below(10));
  // The first item of a category is always on sale, so that there is one to draw.
  if (item >= categories() && random.Chance(kLateShare)) {
    const auto quarter = static_cast<std::size_t>(std::max<std::int64_t>(1, settings.days / 4));
    made.first_day = settings.days - 1 - static_cast<std::int64_t>(random.Below(quarter));
  }
  return made;
}

void SyntheticCatalog::ChooseCompanions(RandomStream& random) {
  for (SyntheticItem& item : items_) {
    const std::vector<std::size_t>& same = members_[item.category];
    const std::vector<std::size_t>& next = members_[(item.category + 1) % categories()];
    item.companions = {same[random.Below(same.size())], next[random.Below(next.size())], random.Below(items_.size())};
  }
}

std::size_t SyntheticCatalog::DrawItem(std::size_t category, std::int64_t day, RandomStream& random) const {
  const std::vector<std::size_t>& members = members_[category];
  for (int i = 0; i < kTriesForItemOnSale; ++i) {
    const std::size_t item = members[popularity_[category].Draw(random)];
    if (items_[item].first_day <= day) return item;
  }
  return members.front();
}

std::size_t SyntheticCatalog::DrawCompanion(std::size_t item, std::int64_t day, RandomStream& random) const {
  const double at = random.Uniform();
  const std::size_t companion = items_[item].companions.at(at < 0.5 ? 0 : at < 0.8 ? 1 : 2);
  return items_[companion].first_day <= day ? companion : item;
}

}  // namespace shortlist::data
