// The indexes that the fuzzer of indexes damages: one of each kind, as small as a kind can be.
#pragma once

#include <array>
#include <cstdint>

#include "index/search_structure.h"

namespace shortlist::fuzz {

inline constexpr std::array kFuzzedKinds = {IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat,
                                            IndexKind::kIvfPqFastScan, IndexKind::kIvfSq8};
inline constexpr index::VectorShape kFuzzedShape{index::kFewestStructured, 1};

inline VectorIndexSettings FuzzedSettings(IndexKind kind) {
  VectorIndexSettings settings;
  settings.kind = kind;
  settings.hnsw_links = 4;
  settings.hnsw_build_depth = 8;
  settings.lists = 4;
  return settings;
}

}  // namespace shortlist::fuzz
