#include "tensor/cpu/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "tensor/cpu/random_rows.h"
#include "tensor/philox.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kTask = 1 << 14;
constexpr std::int64_t kBlock = 4;

// Normals 4 * block to 4 * block + 3: Box-Muller on the first and on the second two words.
std::array<float, 4> NormalBlock(const RandomKey& key, std::uint64_t block) {
  const PhiloxBlock bits = RandomBits(key, block);
  std::array<float, 4> normals{};
  for (std::size_t i = 0; i < 4; i += 2) {
    const float radius = std::sqrt(-2 * std::log(1 - UniformOf(bits[i])));
    const float angle = 2 * std::numbers::pi_v<float> * UniformOf(bits[i + 1]);
    normals[i] = radius * std::cos(angle);
    normals[i + 1] = radius * std::sin(angle);
  }
  return normals;
}

}  // namespace

void Dropout(base::ThreadPool& pool, Matrix values, float rate, RandomKey key, std::int64_t first) {
  if (rate == 0) return;
  pool.ParallelFor(values.size(), kTask, [&](std::int64_t begin, std::int64_t end) {
    DropoutRow(key, rate, static_cast<std::uint64_t>(first + begin), end - begin, values.data + begin);
  });
}

void FillNormal(base::ThreadPool& pool, float* values, std::int64_t size, float deviation, RandomKey key,
                std::int64_t first) {
  const std::int64_t last = first + size;
  const std::int64_t first_block = first / kBlock;
  const std::int64_t blocks = (last + kBlock - 1) / kBlock - first_block;
  pool.ParallelFor(blocks, kTask / kBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = first_block + begin; block < first_block + end; ++block) {
      const std::array<float, 4> normals = NormalBlock(key, static_cast<std::uint64_t>(block));
      const std::int64_t start = std::max(first, block * kBlock);
      for (std::int64_t i = start; i < std::min(last, (block + 1) * kBlock); ++i) {
        values[i - first] = deviation * normals[static_cast<std::size_t>(i - block * kBlock)];
      }
    }
  });
}

}  // namespace shortlist::tensor::cpu
