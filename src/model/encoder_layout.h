// Which arrays a sequence encoder has: their positions in ParameterLayout::dense.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "shortlist/settings/model.h"

namespace shortlist::model {

struct ParameterLayout;

inline constexpr std::size_t kAbsent = SIZE_MAX;

struct NormLayout {
  std::size_t gain = kAbsent;  // [1, D]
  std::size_t bias = kAbsent;  // [1, D]
};

struct AttentionLayout {
  NormLayout norm;
  std::size_t query = kAbsent;          // [D, D]
  std::size_t key = kAbsent;            // [D, D]
  std::size_t value = kAbsent;          // [D, D]; absent if values are the input itself
  std::size_t out = kAbsent;            // [D, D]; absent with value
  std::size_t distance_bias = kAbsent;  // [heads, history.max_length]
};

struct FeedForwardLayout {
  NormLayout norm;
  std::size_t wide = kAbsent;         // [D, feed_forward]
  std::size_t wide_bias = kAbsent;    // [1, feed_forward]
  std::size_t narrow = kAbsent;       // [feed_forward, D]
  std::size_t narrow_bias = kAbsent;  // [1, D]
};

struct GruLayout {
  std::size_t input = kAbsent;       // [D, 3 D]
  std::size_t input_bias = kAbsent;  // [1, 3 D]
  std::size_t recurrent = kAbsent;   // [D, 3 D]
};

// Empty for a tower that only pools.
struct EncoderLayout {
  NormLayout input_norm;                         // of gru and transformer
  std::vector<AttentionLayout> attentions;       // one per block of transformer; one of attention
  std::vector<FeedForwardLayout> feed_forwards;  // one per block of transformer
  std::vector<GruLayout> grus;
  NormLayout output_norm;        // of transformer
  std::size_t output = kAbsent;  // [D, D], of gru and transformer
};

// Adds the matrices, which decay, and then all else. Both set positions in layout.encoder.
void AddEncoderMatrices(const HistorySettings& settings, ParameterLayout& layout);
void AddEncoderVectors(const HistorySettings& settings, ParameterLayout& layout);

}  // namespace shortlist::model
