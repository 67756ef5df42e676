// How vectors become searchable.
#pragma once

#include <cstdint>

#include "shortlist/settings/field.h"
#include "shortlist/settings/filters.h"

namespace shortlist {

// kAuto stands in configurations alone: what is built, and what a manifest holds, is the kind that was chosen.
enum class IndexKind { kFlat, kHnsw, kIvfFlat, kIvfPqFastScan, kIvfSq8, kAuto };
template <>
struct EnumNames<IndexKind> {
  static constexpr std::array<std::string_view, 6> kNames = {"flat",    "hnsw", "ivf_flat", "ivf_pq_fastscan",
                                                             "ivf_sq8", "auto"};
};

enum class IndexLoad { kCopy, kMap };
template <>
struct EnumNames<IndexLoad> {
  static constexpr std::array<std::string_view, 2> kNames = {"copy", "map"};
};

enum class IndexGoal { kLatency, kMemory };
template <>
struct EnumNames<IndexGoal> {
  static constexpr std::array<std::string_view, 2> kNames = {"latency", "memory"};
};

struct VectorIndexSettings {
  IndexKind kind = IndexKind::kFlat;
  std::int64_t hnsw_links = 32;
  std::int64_t hnsw_build_depth = 200;
  std::int64_t hnsw_search_depth = 64;
  std::int64_t lists = 0;
  std::int64_t probes = 16;
  std::int64_t pq_bytes = 0;
  std::int64_t refine_factor = 16;
  std::int64_t neighbors = 10;
  IndexLoad load = IndexLoad::kCopy;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("kind", kind,
          "`flat` is exact; `hnsw`, `ivf_flat` and `ivf_pq_fastscan` trade recall for speed, `ivf_sq8` also for "
          "memory. `auto` tries all of them on held-out shoppers and takes the best that reaches `target_recall`; the "
          "other fields here are then its to choose. Fewer than 4096 vectors are searched exactly whatever the kind, "
          "because that is faster.");
    visit("hnsw_links", hnsw_links, "Links per node of the graph (M).", Bounds{4, 256});
    visit("hnsw_build_depth", hnsw_build_depth, "Candidates kept while building (efConstruction).", Bounds{8, 10000});
    visit("hnsw_search_depth", hnsw_search_depth, "Candidates kept while searching (efSearch).", Bounds{1, 100000});
    visit("lists", lists, "Inverted lists; 0 for 4 * sqrt(vectors). At most one per 39 vectors.", Bounds{0, 1 << 24});
    visit("probes", probes, "Least number of lists searched per query (nprobe).", Bounds{1, 1 << 20});
    visit("pq_bytes", pq_bytes, "Most bytes per code of the product quantizer; 0 for one per four values of a vector.",
          Bounds{0, 4096});
    visit("refine_factor", refine_factor, "Candidates per result that are re-scored with full vectors after fast-scan.",
          Bounds{1, 1000});
    visit("neighbors", neighbors,
          "k that `hnsw_search_depth` and `probes` are meant for; who asks for more is searched for longer.",
          Bounds{1, 10000});
    visit("load", load,
          "How a server reads the lists of `ivf_flat` and `ivf_sq8`: into memory of its own (`copy`), or by mapping "
          "their file (`map`), whose pages servers of one machine share and the system may drop. A file that is mapped "
          "must not be changed in place.");
  }
};

struct IndexSettings {
  VectorIndexSettings items;
  VectorIndexSettings users;
  double target_recall = 0.95;
  IndexGoal optimize = IndexGoal::kLatency;
  double build_seconds = 600;
  double recall_margin = 0.01;
  FilterSettings filters;
  std::int64_t recall_k = 10;
  std::int64_t recall_queries = 1000;
  std::int64_t sample_queries = 32;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("items", items, "The index of items, searched with user vectors.");
    visit("users", users, "The index of users, for look-alike audiences.");
    visit("target_recall", target_recall,
          "Least recall at `recall_k` of the index of items: what `kind: auto` reaches, and below what `index` writes "
          "and `publish` copies no bundle, unless they are told to with --force.",
          Bounds{0, 1});
    visit("optimize", optimize, "What `kind: auto` wants least of: CPU per query (`latency`) or bytes (`memory`).");
    visit("build_seconds", build_seconds,
          "CPU-seconds that building one index may take while `kind: auto` tries; what is expected to take longer is "
          "left out.",
          Bounds{0, 1e7});
    visit("recall_margin", recall_margin,
          "How much less recall than the newest version in its directory a bundle may have to be published.",
          Bounds{0, 1});
    visit("filters", filters, "What requests may filter items by.");
    visit("recall_k", recall_k, "k of the recall against exact search that the manifest records.", Bounds{1, 10000});
    visit("recall_queries", recall_queries, "Held-out user vectors on which recall is measured.", Bounds{1, 1e7});
    visit("sample_queries", sample_queries,
          "Queries with exact answers kept in the bundle; a server answers them "
          "before it takes traffic.",
          Bounds{1, 10000});
  }
};

}  // namespace shortlist
