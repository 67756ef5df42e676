#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/reference.h"
#include "conformance/samples.h"

namespace shortlist::conformance {
namespace {

struct GatherPoolCase {
  std::string name;
  std::int64_t table_rows;
  std::int64_t columns;
  std::vector<std::int64_t> lengths;
};

std::ostream& operator<<(std::ostream& stream, const GatherPoolCase& row) {
  return stream << row.name;
}

std::vector<std::int64_t> EverySeventh(std::size_t bags, std::int64_t length) {
  std::vector<std::int64_t> lengths(bags);
  for (std::size_t i = 0; i < bags; i += 7) lengths[i] = length;
  return lengths;
}

std::vector<GatherPoolCase> Cases() {
  return {{"no_rows", 5, 8, {}},
          {"only_empty_bags", 5, 8, {0, 0, 0}},
          {"one_value", 1, 1, {1}},
          {"odd_width", 10, 7, {1, 2, 0, 5}},
          {"repeated_ids", 2, 33, {20, 20, 0, 20}},
          {"width_64", 100, 64, {50, 0, 0, 1, 17, 8, 9}},
          {"width_100", 100, 100, {3, 9, 30}},
          {"width_256", 50, 256, {5, 40}},
          {"width_301", 50, 301, {2, 0, 9}},
          {"long_bag", 300, 16, {0, 5000, 1}},
          {"several_long_bags", 300, 64, {300, 5, 257, 256, 0, 1000}},
          {"long_bags_of_wide_rows", 40, 320, {600, 1, 300}},
          {"long_bags_of_odd_width", 40, 301, {0, 700}},
          {"long_bag_of_narrow_rows", 40, 3, {1000, 1}},
          {"very_wide_rows", 9, 1500, {3, 0, 40}},
          {"bags_of_one", 100, 64, std::vector<std::int64_t>(77, 1)},
          {"mostly_empty_bags", 100, 12, EverySeventh(500, 9)},
          {"many_bags", 1000, 20, std::vector<std::int64_t>(1000, 3)}};
}

class GatherPoolTest : public ConformanceTest<GatherPoolCase> {
 protected:
  // The matrices begin `shift` floats behind the beginning of an array.
  void Check(tensor::Write write, std::int64_t shift = 0) {
    Samples samples(11);
    const auto& [name, table_rows, columns, lengths] = table_case();
    const std::vector<float> table = samples.Floats(table_rows * columns, -1, 1);
    const base::Bags bags = samples.Bags(lengths, table_rows);
    const std::vector<float> before = samples.Floats(bags.rows() * columns, -1, 1);
    Guarded<float> device_table(backend(), Shifted(table, shift));
    GuardedBags device_bags(backend(), bags);
    Guarded<float> out(backend(), Shifted(before, shift));
    backend().GatherPool({device_table.data() + shift, table_rows, columns}, device_bags.view(), write,
                         {out.data() + shift, bags.rows(), columns});

    Doubles expected = GatherPool(Widen(table), columns, bags, Widen(bags.weights));
    Doubles magnitudes = GatherPool(Magnitudes(table), columns, bags, Magnitudes(bags.weights));
    for (std::size_t i = 0; write == tensor::Write::kAdd && i < before.size(); ++i) {
      expected[i] += before[i];
      magnitudes[i] += std::abs(before[i]);
    }
    const auto terms = static_cast<std::int64_t>(bags.ids.size());
    ExpectClose("out", ShiftedBack(out.Values(), shift), expected,
                [&](std::size_t i) { return SumBound(terms, magnitudes[i]); });
    ExpectEqual("table", ShiftedBack(device_table.Values(), shift), table);
  }
};

TEST_P(GatherPoolTest, Overwrites) {
  Check(tensor::Write::kOverwrite);
}

TEST_P(GatherPoolTest, Adds) {
  Check(tensor::Write::kAdd);
}

TEST_P(GatherPoolTest, MatricesMayBeginAtAnyFloat) {
  Check(tensor::Write::kOverwrite, 1);
}

INSTANTIATE_TEST_SUITE_P(Table, GatherPoolTest, EveryBackendWith(Cases()), NameOf<GatherPoolCase>);

}  // namespace
}  // namespace shortlist::conformance
