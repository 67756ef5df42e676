#include "eval/item_neighbors.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

constexpr std::int64_t kItems = 12;

std::vector<std::vector<Event>> RandomUsers(std::size_t users, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::vector<Event>> result(users);
  for (std::vector<Event>& events : result) {
    const std::size_t length = random() % 7;
    for (std::size_t i = 0; i < length; ++i) {
      events.push_back({static_cast<std::int32_t>(random() % kItems), static_cast<std::int64_t>(i)});
    }
  }
  return result;
}

using Matrix = std::vector<std::vector<double>>;

// All similarities, from the definition and with dense matrices.
Matrix Similarities(const std::vector<std::vector<Event>>& users, const ItemKnnSettings& settings) {
  Matrix common(kItems, std::vector<double>(kItems));
  for (const std::vector<Event>& events : users) {
    std::set<std::int32_t> items;
    for (const Event& event : events) items.insert(event.item);
    const double weight = std::pow(static_cast<double>(items.size()), settings.user_length_exponent);
    for (const std::int32_t a : items) {
      for (const std::int32_t b : items) common[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] += weight;
    }
  }
  Matrix similarities = common;
  for (std::size_t a = 0; a < kItems; ++a) {
    for (std::size_t b = 0; b < kItems; ++b) {
      similarities[a][b] /= std::sqrt(common[a][a] * common[b][b]) + settings.shrinkage;
      if (a == b || common[a][b] == 0) similarities[a][b] = 0;
    }
  }
  return similarities;
}

// The columns of `similarities` cut to the most similar items of each row.
Matrix Cut(Matrix similarities, std::size_t neighbors) {
  for (std::vector<double>& row : similarities) {
    std::vector<std::size_t> order(row.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return row[a] > row[b]; });
    for (std::size_t i = neighbors; i < order.size(); ++i) row[order[i]] = 0;
  }
  return similarities;
}

void ExpectEqual(const ItemNeighbors& neighbors, const Matrix& expected) {
  for (std::size_t item = 0; item < kItems; ++item) {
    std::vector<double> found(kItems);
    for (const Neighbor& candidate : neighbors.CandidatesOf(static_cast<std::int32_t>(item))) {
      found[static_cast<std::size_t>(candidate.item)] = static_cast<double>(candidate.similarity);
    }
    for (std::size_t candidate = 0; candidate < kItems; ++candidate) {
      EXPECT_NEAR(found[candidate], expected[candidate][item], 1e-6)
          << "candidate " << candidate << " of item " << item;
    }
  }
}

ItemKnnSettings Settings(std::int64_t neighbors, double shrinkage, double user_length_exponent) {
  ItemKnnSettings settings;
  settings.neighbors = neighbors;
  settings.shrinkage = shrinkage;
  settings.user_length_exponent = user_length_exponent;
  return settings;
}

class ItemNeighborsTest : public ::testing::TestWithParam<ItemKnnSettings> {};

TEST_P(ItemNeighborsTest, AgreesWithTheDefinition) {
  const std::vector<std::vector<Event>> users = RandomUsers(40, 5);
  const PartFixture part(users);
  base::ThreadPool pool(2);
  Matrix expected = Similarities(users, GetParam());
  if (GetParam().neighbors > 0) expected = Cut(std::move(expected), static_cast<std::size_t>(GetParam().neighbors));
  ExpectEqual(ItemNeighbors({part.get()}, kItems, GetParam(), pool), expected);
}

INSTANTIATE_TEST_SUITE_P(Settings, ItemNeighborsTest,
                         ::testing::Values(Settings(0, 0, 0), Settings(0, 3, 0), Settings(4, 0.5, -0.5),
                                           Settings(1, 0, 0)));

TEST(ItemNeighborsPartsTest, PartsAddUpToOneHistory) {
  const PartFixture whole({{{0, 0}, {1, 1}, {2, 2}}, {{1, 0}, {2, 5}}});
  const PartFixture first({{{0, 0}, {1, 1}}, {{1, 0}}});
  const PartFixture second({{{2, 2}}, {{2, 5}}});
  base::ThreadPool pool(1);
  const ItemNeighbors expected({whole.get()}, 3, {}, pool);
  const ItemNeighbors found({first.get(), second.get()}, 3, {}, pool);
  for (std::int32_t item = 0; item < 3; ++item) {
    ASSERT_EQ(found.CandidatesOf(item).size(), expected.CandidatesOf(item).size());
    for (std::size_t i = 0; i < found.CandidatesOf(item).size(); ++i) {
      EXPECT_EQ(found.CandidatesOf(item)[i].item, expected.CandidatesOf(item)[i].item);
      EXPECT_EQ(found.CandidatesOf(item)[i].similarity, expected.CandidatesOf(item)[i].similarity);
    }
  }
}

}  // namespace
}  // namespace shortlist::eval
