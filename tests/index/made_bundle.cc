#include "index/made_bundle.h"

#include <random>

#include <gtest/gtest.h>

#include "base/file.h"
#include "index/made_vectors.h"

namespace shortlist::index {

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder()
    : path_(fs::path(::testing::TempDir()) / ("shortlist_index_" + std::to_string(std::random_device{}()))) {
  fs::create_directories(path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

BundleInputs MadeInputs(std::int32_t items, std::int32_t users, const fs::path& model_directory) {
  fs::create_directories(model_directory / "towers");
  base::WriteFileAtomically(model_directory / "model.json", "{\"a\": 1}");
  base::WriteFileAtomically(model_directory / "towers" / "weights", "some weights");
  BundleInputs inputs;
  inputs.settings.name = "made";
  inputs.settings.threads = 1;
  inputs.settings.index.sample_queries = 4;
  inputs.settings.index.recall_k = 3;
  inputs.model_directory = model_directory;
  inputs.item_graph_json = "{\"items\": true}";
  inputs.context_graph_json = "{\"context\": true}";
  inputs.vector_width = kBundleWidth;
  inputs.item_vectors = MadeVectors(items, kBundleWidth, 1);
  inputs.user_vectors = MadeVectors(users, kBundleWidth, 2);
  inputs.query_vectors = MadeVectors(20, kBundleWidth, 3);
  inputs.history_offsets = {0};
  inputs.history_has_times = true;
  inputs.dataset_digest = "d1";
  inputs.checkpoint_digest = "c1";
  for (std::int32_t item = 0; item < items; ++item) {
    inputs.item_ids.push_back("item-" + std::to_string(item));
    inputs.titles.push_back("Title of " + std::to_string(item));
    inputs.attributes_json.push_back("{\"price\":" + std::to_string(item) + "}");
    inputs.popular_items.push_back(items - 1 - item);
  }
  for (std::int32_t user = 0; user < users; ++user) {
    inputs.user_ids.push_back("user-" + std::to_string(user));
    for (std::int32_t event = 0; event < user; ++event) {
      inputs.history_items.push_back(inputs.popular_items[static_cast<std::size_t>(event)]);
      inputs.history_times.push_back(1000 + event);
    }
    inputs.history_offsets.push_back(static_cast<std::int64_t>(inputs.history_items.size()));
  }
  return inputs;
}

}  // namespace shortlist::index
