// The best items of every shopper of a bundle, as a directory of Parquet files:
//
//   _export.json         what is exported; written first
//   part-00000.parquet   a row per shopper (data/shortlist_file.h); under this name when it is whole
//   _SUCCESS             the same as _export.json with size and SHA-256 of every part; written last
//
// Readers of Parquet directories leave out names that begin with an underscore.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/exclusive_directory.h"
#include "base/thread_pool.h"
#include "serve/retrieval.h"
#include "serve/snapshot.h"

namespace shortlist::tools {

struct ExportPlan {
  std::int64_t k = 0;
  serve::SeenPolicy seen = serve::SeenPolicy::kMask;
  std::int64_t time = 0;  // Unix seconds that the shortlists are for; 0: now, or when the export began
  std::int64_t shoppers_per_part = 0;
};

// Each shopper gets what the server's Recommend answers with the same k, policy and time, and no context.
class BatchExport {
 public:
  // Begins the directory, or goes on with what is there. Throws Error{kFailedPrecondition} if that is another export,
  // or no export, or if another process writes into it.
  BatchExport(std::shared_ptr<const serve::ServingSnapshot> snapshot, const ExportPlan& plan,
              const std::filesystem::path& directory);

  // Writes the parts that are missing, one per thread at a time, until a stop is asked for (base/stop_signal.h).
  // Returns whether all of them are there now.
  bool Run(base::ThreadPool& pool);

  std::int64_t parts() const { return parts_; }
  std::int64_t written_shoppers() const { return written_shoppers_; }  // by Run

 private:
  std::filesystem::path PartFile(std::int64_t part) const;
  std::vector<std::int64_t> MissingParts() const;
  std::int64_t ShoppersOf(std::int64_t part) const;
  void Begin();
  bool WritePart(std::int64_t part, const std::function<void(std::int64_t)>& advance) const;
  void Finish() const;

  std::shared_ptr<const serve::ServingSnapshot> snapshot_;
  ExportPlan plan_;
  base::ExclusiveDirectory directory_;
  std::int64_t parts_ = 0;
  std::int64_t written_shoppers_ = 0;
  serve::RetrievalService retrieval_;
};

}  // namespace shortlist::tools
