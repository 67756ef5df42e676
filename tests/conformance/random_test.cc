#include <algorithm>

#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/reference.h"
#include "conformance/samples.h"

namespace shortlist::conformance {
namespace {

struct RandomCase {
  std::string name;
  std::int64_t size;
  tensor::RandomKey key;
};

std::ostream& operator<<(std::ostream& stream, const RandomCase& row) {
  return stream << row.name;
}

class RandomTest : public ConformanceTest<RandomCase> {};

TEST_P(RandomTest, DropoutKeepsByPhiloxUniform) {
  const auto& [name, size, key] = table_case();
  for (const float rate : {0.0F, .3F, .5F, .999F}) {
    Samples samples(61);
    const std::vector<float> values = samples.Floats(size, 1, 2);
    Guarded<float> device(backend(), values);
    backend().Dropout({device.data(), size, 1}, rate, key, 0);
    Doubles expected = Widen(values);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      expected[i] *= Uniform(key.seed, key.stream, i) >= rate ? 1 / (1 - static_cast<double>(rate)) : 0;
    }
    ExpectClose("values", device.Values(), expected, [&](std::size_t i) { return SumBound(0, expected[i]); });
  }
}

// Such a value is kept, by the definition of the uniform number's interval.
TEST_P(RandomTest, DropoutKeepsAValueWhoseUniformIsTheRate) {
  const auto& [name, size, key] = table_case();
  Guarded<float> values(backend(), std::vector<float>(static_cast<std::size_t>(size), 1.0F));
  const auto rate = static_cast<float>(Uniform(key.seed, key.stream, 0));
  ASSERT_LT(rate, 1);
  backend().Dropout({values.data(), size, 1}, rate, key, 0);
  const std::vector<float> kept = values.Values();
  if (size > 0) {
    EXPECT_EQ(kept[0], 1 / (1 - rate));
  }
}

TEST_P(RandomTest, DropoutTwiceIsTheSameMask) {
  const auto& [name, size, key] = table_case();
  Guarded<float> first(backend(), std::vector<float>(static_cast<std::size_t>(size), 1.0F));
  Guarded<float> second(backend(), std::vector<float>(static_cast<std::size_t>(size), 1.0F));
  backend().Dropout({first.data(), 1, size}, .5F, key, 0);
  backend().Dropout({second.data(), size, 1}, .5F, key, 0);
  ExpectEqual("mask", first.Values(), second.Values());
}

// A rank that holds the values from `first` on drops what a rank that holds all of them drops there.
TEST_P(RandomTest, DropoutOfAPartIsThePartOfDropout) {
  const auto& [name, size, key] = table_case();
  Guarded<float> whole(backend(), std::vector<float>(static_cast<std::size_t>(size), 1.0F));
  backend().Dropout({whole.data(), size, 1}, .5F, key, 0);
  for (const std::int64_t first : {1, 2, 4, 7}) {
    const std::int64_t rest = std::max<std::int64_t>(0, size - first);
    Guarded<float> part(backend(), std::vector<float>(static_cast<std::size_t>(rest), 1.0F));
    backend().Dropout({part.data(), rest, 1}, .5F, key, first);
    const std::vector<float> values = whole.Values();
    ExpectEqual("mask", part.Values(), std::vector<float>(values.end() - rest, values.end()));
  }
}

// Logarithm, root, sine and cosine in float32 each have a few units of error, the angle (up to 2 pi) one more rounding.
TEST_P(RandomTest, FillNormalIsBoxMuller) {
  const auto& [name, size, key] = table_case();
  for (const std::int64_t first : {0, 1, 2, 4, 7}) {
    Guarded<float> device(backend(), size);
    backend().FillNormal(device.data(), size, .5F, key, first);
    Doubles expected;
    for (std::int64_t i = 0; i < size; ++i) {
      expected.push_back(.5 * Normal(key.seed, key.stream, static_cast<std::uint64_t>(first + i)));
    }
    ExpectClose("values", device.Values(), expected, [](std::size_t) { return SumBound(32, 1); });
  }
}

INSTANTIATE_TEST_SUITE_P(Table, RandomTest,
                         EveryBackendWith(std::vector<RandomCase>{{"empty", 0, {1, 2}},
                                                                  {"one", 1, {1, 2}},
                                                                  {"two", 2, {1, 2}},
                                                                  {"three", 3, {1, 2}},
                                                                  {"odd", 37, {1, 2}},
                                                                  {"three_blocks", 12, {0, 0}},
                                                                  {"wide_key", 1000, {0x123456789ABCDEF0, 1}},
                                                                  {"wide_stream", 1000, {1, 0xFEDCBA9876543210}},
                                                                  {"tasks", 50001, {7, 7}}}),
                         NameOf<RandomCase>);

}  // namespace
}  // namespace shortlist::conformance
