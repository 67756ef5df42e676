#include "tensor/cpu/tile_factor.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <new>

#include <hwy/base.h>

#if HWY_ARCH_X86_64 && defined(__linux__)
#include <cpuid.h>
// GCC 12 takes the undefined vectors of its own header for a mistake.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#include <sys/syscall.h>
#include <unistd.h>

namespace shortlist::tensor::cpu {
namespace {

// A tile has 16 rows of 64 bytes: 16 float32 of a product, or 32 bfloat16 of a factor.
constexpr std::int64_t kTileRows = 16;
constexpr std::int64_t kTileDepth = 32;  // terms of the sums that one instruction adds
constexpr std::int64_t kTileBytes = 64;
constexpr std::int64_t kTileValues = kTileRows * kTileDepth;
constexpr std::align_val_t kAlignment{kTileBytes};
constexpr std::int64_t kPanel = 2 * kTileRows;  // rows of a, or columns of b, that are multiplied at a time
static_assert(kPanel == kTileAlignment && kTileDepth == kTileAlignment);

std::int64_t Steps(std::int64_t size) {
  return (size + kTileAlignment - 1) / kTileAlignment;
}

bool ProcessorHasTiles() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  constexpr unsigned kAvx512FoundationAndWords = 1U << 16 | 1U << 30;
  constexpr unsigned kTilesOfBfloat16 = 1U << 22 | 1U << 24;
  if ((b & kAvx512FoundationAndWords) != kAvx512FoundationAndWords) return false;
  if ((d & kTilesOfBfloat16) != kTilesOfBfloat16) return false;
  constexpr unsigned kAvx512Bfloat16 = 1U << 5;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & kAvx512Bfloat16) != 0;
}

bool SystemAllowsTiles() {
  constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM of asm/prctl.h, which is newer than some systems
  constexpr int kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

// The operand of LDTILECFG.
struct alignas(kTileBytes) TileShapes {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::array<std::uint8_t, 14> reserved{};
  std::array<std::uint16_t, 16> bytes_per_row{};
  std::array<std::uint8_t, 16> rows{};
};

}  // namespace

HWY_PUSH_ATTRIBUTES("avx512f,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16,prfchw")

namespace {

// Instructions that read tiles do not tell the compiler of all that they read.
void KeepOrderOfMemory() {
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

// While it lives, the calling thread's eight tiles are whole ones.
class WholeTiles {
 public:
  WholeTiles() {
    TileShapes shapes;
    std::fill_n(shapes.bytes_per_row.begin(), 8, kTileBytes);
    std::fill_n(shapes.rows.begin(), 8, kTileRows);
    KeepOrderOfMemory();
    _tile_loadconfig(&shapes);
  }
  ~WholeTiles() { _tile_release(); }
  WholeTiles(const WholeTiles&) = delete;
  WholeTiles& operator=(const WholeTiles&) = delete;
};

struct TileRegisters {
  __m512i rows[kTileRows];
};

__m512 Widened(__m256i rounded) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(rounded), 16));
}

// Rounds 32 values, and leaves in them what the rounding lost.
__m512i TakePart(__m512& first, __m512& second) {
  const auto rounded = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(second, first));
  first = _mm512_sub_ps(first, Widened(_mm512_castsi512_si256(rounded)));
  second = _mm512_sub_ps(second, Widened(_mm512_extracti64x4_epi64(rounded, 1)));
  return rounded;
}

// All lanes below `count`, which may be negative.
__mmask16 FirstLanes(std::int64_t count) {
  return static_cast<__mmask16>((1U << std::clamp<std::int64_t>(count, 0, kTileRows)) - 1);
}

// Of 16 x 16 pairs of bfloat16.
void Transpose(TileRegisters& tile) {
  __m512i(&rows)[kTileRows] = tile.rows;
  __m512i between[kTileRows];
  for (std::size_t i = 0; i < kTileRows; i += 2) {
    between[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    between[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
  for (std::size_t i = 0; i < kTileRows; i += 4) {
    rows[i] = _mm512_unpacklo_epi64(between[i], between[i + 2]);
    rows[i + 1] = _mm512_unpackhi_epi64(between[i], between[i + 2]);
    rows[i + 2] = _mm512_unpacklo_epi64(between[i + 1], between[i + 3]);
    rows[i + 3] = _mm512_unpackhi_epi64(between[i + 1], between[i + 3]);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    between[i] = _mm512_shuffle_i32x4(rows[i], rows[i + 4], 0x88);
    between[i + 4] = _mm512_shuffle_i32x4(rows[i], rows[i + 4], 0xdd);
    between[i + 8] = _mm512_shuffle_i32x4(rows[i + 8], rows[i + 12], 0x88);
    between[i + 12] = _mm512_shuffle_i32x4(rows[i + 8], rows[i + 12], 0xdd);
  }
  for (std::size_t i = 0; i < 8; ++i) {
    rows[i] = _mm512_shuffle_i32x4(between[i], between[i + 8], 0x88);
    rows[i + 8] = _mm512_shuffle_i32x4(between[i], between[i + 8], 0xdd);
  }
}

// What the rows of a tile are, of the rows of values that it is made from.
enum class RowsBecome { kRows, kColumns, kPairs, kPairsOfColumns };

// 32 values for row r of a tile, rounded: 32 of a row of `values`, or 16 of two of its rows in turns.
template <RowsBecome kBecome>
class RowReader {
  static constexpr bool kPairs = kBecome == RowsBecome::kPairs || kBecome == RowsBecome::kPairsOfColumns;

 public:
  explicit RowReader(const ConstTile& values)
      : values_(values),
        first_lanes_(FirstLanes(values.columns)),
        second_lanes_(kPairs ? first_lanes_ : FirstLanes(values.columns - kTileRows)) {}

  void Load(std::int64_t r, __m512& first, __m512& second) const {
    const std::int64_t first_row = kPairs ? 2 * r : r;
    const std::int64_t second_row = kPairs ? first_row + 1 : r;
    first = LoadRow(first_row, 0, first_lanes_);
    second = LoadRow(second_row, kPairs ? 0 : kTileRows, second_lanes_);
  }

  static __m512i Arrange(__m512i rounded) {
    if constexpr (!kPairs) return rounded;
    const __m512i alternate = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22,
                                               6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    return _mm512_permutexvar_epi16(alternate, rounded);
  }

 private:
  __m512 LoadRow(std::int64_t row, std::int64_t column, __mmask16 lanes) const {
    return row < values_.rows ? _mm512_maskz_loadu_ps(lanes, values_.data + row * values_.stride + column)
                              : _mm512_setzero_ps();
  }

  const ConstTile& values_;
  __mmask16 first_lanes_;
  __mmask16 second_lanes_;
};

template <int kParts, RowsBecome kBecome>
void PackTile(const ConstTile& values, std::int64_t part_size, std::uint16_t* out) {
  constexpr bool kTransposed = kBecome == RowsBecome::kColumns || kBecome == RowsBecome::kPairsOfColumns;
  const RowReader<kBecome> reader(values);
  TileRegisters parts[kParts];
#pragma GCC unroll 16
  for (std::int64_t r = 0; r < kTileRows; ++r) {
    __m512 first;
    __m512 second;
    reader.Load(r, first, second);
    for (int p = 0; p < kParts; ++p) parts[p].rows[r] = reader.Arrange(TakePart(first, second));
  }
  for (int p = 0; p < kParts; ++p) {
    if constexpr (kTransposed) Transpose(parts[p]);
#pragma GCC unroll 16
    for (std::int64_t r = 0; r < kTileRows; ++r) {
      _mm512_store_si512(out + p * part_size + r * kTileDepth, parts[p].rows[r]);
    }
  }
}

// Packs a factor whose stored rows are rows of a or columns of b.
template <int kParts, RowsBecome kBecome>
void PackOuterRows(const ConstTile& values, std::uint16_t* out) {
  const std::int64_t steps = Steps(values.columns);
  const std::int64_t part_size = steps * 2 * kTileValues;
  for (std::int64_t tile = 0; tile < 2 * Steps(values.rows); ++tile) {
    const std::int64_t row = tile * kTileRows;
    std::uint16_t* panel = out + tile / 2 * kParts * part_size + tile % 2 * kTileValues;
    for (std::int64_t step = 0; step < steps; ++step) {
      const std::int64_t column = step * kTileDepth;
      const ConstTile rest = {values.data + row * values.stride + column, values.rows - row, values.columns - column,
                              values.stride};
      PackTile<kParts, kBecome>(rest, part_size, panel + step * 2 * kTileValues);
    }
  }
}

// Packs a factor whose stored rows are terms.
template <int kParts, RowsBecome kBecome>
void PackTermRows(const ConstTile& values, std::uint16_t* out) {
  const std::int64_t steps = Steps(values.rows);
  const std::int64_t part_size = steps * 2 * kTileValues;
  for (std::int64_t step = 0; step < steps; ++step) {
    const std::int64_t row = step * kTileDepth;
    for (std::int64_t tile = 0; tile < 2 * Steps(values.columns); ++tile) {
      const std::int64_t column = tile * kTileRows;
      std::uint16_t* panel = out + tile / 2 * kParts * part_size + tile % 2 * kTileValues;
      const ConstTile rest = {values.data + row * values.stride + column, values.rows - row, values.columns - column,
                              values.stride};
      PackTile<kParts, kBecome>(rest, part_size, panel + step * 2 * kTileValues);
    }
  }
}

template <int kParts>
void Pack(FactorSide side, const ConstTile& values, bool rows_are_terms, std::uint16_t* out) {
  if (side == FactorSide::kLeft) {
    if (rows_are_terms) {
      PackTermRows<kParts, RowsBecome::kPairsOfColumns>(values, out);
    } else {
      PackOuterRows<kParts, RowsBecome::kRows>(values, out);
    }
  } else if (rows_are_terms) {
    PackTermRows<kParts, RowsBecome::kPairs>(values, out);
  } else {
    PackOuterRows<kParts, RowsBecome::kColumns>(values, out);
  }
}

// A panel of a factor, from a term on.
struct Panel {
  const std::uint16_t* values;
  std::int64_t part_size;
};

// Adds the products of tiles 4 and 5 with 6 and 7 to tiles 0 to 3.
void MultiplyTiles() {
  _tile_dpbf16ps(0, 4, 6);
  _tile_dpbf16ps(1, 4, 7);
  _tile_dpbf16ps(2, 5, 6);
  _tile_dpbf16ps(3, 5, 7);
}

// Adds the products of two panels to tiles 0 to 3.
void AddProducts(const Panel& a, const Panel& b, std::int64_t steps) {
  const std::uint16_t* left = a.values;
  const std::uint16_t* right = b.values;
  for (std::int64_t step = 0; step < steps; ++step) {
    _tile_loadd(4, left, kTileBytes);
    _tile_loadd(6, right, kTileBytes);
    _tile_loadd(5, left + kTileValues, kTileBytes);
    _tile_loadd(7, right + kTileValues, kTileBytes);
    MultiplyTiles();
    left += 2 * kTileValues;
    right += 2 * kTileValues;
  }
}

// The same of panels whose values have two parts, each of which is read once. Products of two second parts are left
// out: they are below the rounding of what is left of the factors.
void AddProductsOfParts(const Panel& a, const Panel& b, std::int64_t steps) {
  const std::uint16_t* left = a.values;
  const std::uint16_t* right = b.values;
  for (std::int64_t step = 0; step < steps; ++step) {
    _tile_loadd(4, left, kTileBytes);
    _tile_loadd(6, right + b.part_size, kTileBytes);
    _tile_loadd(5, left + kTileValues, kTileBytes);
    _tile_loadd(7, right + b.part_size + kTileValues, kTileBytes);
    MultiplyTiles();
    _tile_loadd(6, right, kTileBytes);
    _tile_loadd(7, right + kTileValues, kTileBytes);
    MultiplyTiles();
    _tile_loadd(4, left + a.part_size, kTileBytes);
    _tile_loadd(5, left + a.part_size + kTileValues, kTileBytes);
    MultiplyTiles();
    left += 2 * kTileValues;
    right += 2 * kTileValues;
  }
}

void AddPanels(const Panel& a, const Panel& b, std::int64_t steps, int parts) {
  if (parts == 1) return AddProducts(a, b, steps);
  AddProductsOfParts(a, b, steps);
}

void ClearTiles() {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
}

void LoadTiles(const float* values, std::int64_t stride) {
  const std::int64_t bytes = stride * static_cast<std::int64_t>(sizeof(float));
  _tile_loadd(0, values, bytes);
  _tile_loadd(1, values + kTileRows, bytes);
  _tile_loadd(2, values + kTileRows * stride, bytes);
  _tile_loadd(3, values + kTileRows * stride + kTileRows, bytes);
}

void StoreTiles(float* out, std::int64_t stride) {
  const std::int64_t bytes = stride * static_cast<std::int64_t>(sizeof(float));
  _tile_stored(0, out, bytes);
  _tile_stored(1, out + kTileRows, bytes);
  _tile_stored(2, out + kTileRows * stride, bytes);
  _tile_stored(3, out + kTileRows * stride + kTileRows, bytes);
}

void CopyRows(const float* source, std::int64_t source_stride, std::int64_t rows, std::int64_t columns, float* target,
              std::int64_t target_stride) {
  for (std::int64_t r = 0; r < rows; ++r) {
    std::copy_n(source + r * source_stride, columns, target + r * target_stride);
  }
}

// Begins to bring two tiles' columns of c into the cache, which takes about as long as the products.
void FetchToWrite(const Tile& c) {
  for (std::int64_t r = 0; r < kPanel; ++r) {
    __builtin_prefetch(c.data + r * c.stride, 1);
    __builtin_prefetch(c.data + r * c.stride + kTileRows, 1);
  }
}

void MultiplyWholePanels(const Panel& a, const Panel& b, std::int64_t steps, int parts, Write write, const Tile& c) {
  if (write == Write::kAdd) {
    LoadTiles(c.data, c.stride);
  } else {
    FetchToWrite(c);
    ClearTiles();
  }
  AddPanels(a, b, steps, parts);
  StoreTiles(c.data, c.stride);
}

// Where c ends within the panels, a whole one stands in for it.
void MultiplyPanels(const Panel& a, const Panel& b, std::int64_t steps, int parts, Write write, const Tile& c) {
  if (c.rows >= kPanel && c.columns >= kPanel) return MultiplyWholePanels(a, b, steps, parts, write, c);
  alignas(kTileBytes) std::array<float, kPanel * kPanel> whole{};
  const std::int64_t rows = std::min(c.rows, kPanel);
  const std::int64_t columns = std::min(c.columns, kPanel);
  if (write == Write::kAdd) CopyRows(c.data, c.stride, rows, columns, whole.data(), kPanel);
  KeepOrderOfMemory();
  MultiplyWholePanels(a, b, steps, parts, write, {whole.data(), kPanel, kPanel, kPanel});
  KeepOrderOfMemory();
  CopyRows(whole.data(), kPanel, rows, columns, c.data, c.stride);
}

Tile TileFrom(const Tile& c, std::int64_t row, std::int64_t column) {
  return {c.data + row * c.stride + column, c.rows - row, c.columns - column, c.stride};
}

}  // namespace

TileFactor::TileFactor(FactorSide side, ConstTile values, bool transposed, TileParts parts)
    : parts_(parts == TileParts::kOne ? 1 : 2) {
  const bool rows_are_terms = transposed == (side == FactorSide::kLeft);
  steps_ = Steps(rows_are_terms ? values.rows : values.columns);
  const std::int64_t panels = Steps(rows_are_terms ? values.columns : values.rows);
  const auto size = static_cast<std::size_t>(panels * parts_ * steps_ * 2 * kTileValues);
  values_.reset(new (kAlignment) std::uint16_t[size]);
  if (parts_ == 1) {
    Pack<1>(side, values, rows_are_terms, values_.get());
  } else {
    Pack<2>(side, values, rows_are_terms, values_.get());
  }
}

void TileProduct(const TileFactor& a, const FactorRange& a_range, const TileFactor& b, const FactorRange& b_range,
                 Write write, const Tile& c) {
  const auto panel_of = [](const TileFactor& factor, const FactorRange& range, std::int64_t outer) {
    const std::int64_t part_size = factor.steps_ * 2 * kTileValues;
    const std::int64_t panel = (range.outer_begin + outer) / kPanel;
    return Panel{
        factor.values_.get() + panel * factor.parts_ * part_size + range.terms_begin / kTileDepth * 2 * kTileValues,
        part_size};
  };
  const std::int64_t steps = Steps(a_range.terms_end - a_range.terms_begin);
  const WholeTiles tiles;
  for (std::int64_t row = 0; row < c.rows; row += kPanel) {
    for (std::int64_t column = 0; column < c.columns; column += kPanel) {
      MultiplyPanels(panel_of(a, a_range, row), panel_of(b, b_range, column), steps, a.parts_, write,
                     TileFrom(c, row, column));
    }
  }
}

HWY_POP_ATTRIBUTES

void TileFactor::Release::operator()(std::uint16_t* values) const {
  ::operator delete[](values, kAlignment);
}

bool HasTiles() {
  static const bool has = ProcessorHasTiles() && SystemAllowsTiles();
  return has;
}

}  // namespace shortlist::tensor::cpu

#else

#include "shortlist/error.h"

namespace shortlist::tensor::cpu {

bool HasTiles() {
  return false;
}

TileFactor::TileFactor(FactorSide /*side*/, ConstTile /*values*/, bool /*transposed*/, TileParts /*parts*/) {
  throw Error(Code::kUnimplemented, "TileFactor: this processor has no matrix tiles");
}

void TileFactor::Release::operator()(std::uint16_t* /*values*/) const {}

void TileProduct(const TileFactor& /*a*/, const FactorRange& /*a_range*/, const TileFactor& /*b*/,
                 const FactorRange& /*b_range*/, Write /*write*/, const Tile& /*c*/) {}

}  // namespace shortlist::tensor::cpu

#endif
