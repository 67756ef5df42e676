// The composition root: which parts a configuration asks for, and how they fit together.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "comm/launch.h"
#include "data/dataset.h"
#include "eval/recommender.h"
#include "index/scan_device.h"
#include "model/two_tower.h"
#include "profile/decision_log.h"
#include "profile/event_lake.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"
#include "tensor/device_library.h"

namespace shortlist::tools {

// Where the artifacts of a configuration stand.
struct Layout {
  std::filesystem::path root;
  std::filesystem::path dataset;
  std::filesystem::path checkpoints;
  std::filesystem::path reports;
  std::filesystem::path bundle;
};
Layout LayoutOf(const Settings& settings);

// The CUDA devices of this machine, or why there are none.
tensor::DeviceLibrary FindDevices();

// The device of the settings, in full precision; logs which it is, and why.
std::unique_ptr<tensor::Backend> MakeBackend(const Settings& settings);

// The same for training: at the precision of the settings. Of several ranks on a host, each takes the GPU of its
// number.
std::unique_ptr<tensor::Backend> MakeTrainingBackend(const Settings& settings, const comm::Launch& launch = {});

// The GPU that scans vectors beside the CPU, where models compute on one and Faiss for GPUs is built in; logs why if
// not. None is no error: the CPU scans.
std::optional<index::ScanDevice> FindScanDevice(const Settings& settings);

// Error{kFailedPrecondition} saying which command makes it if there is none.
data::Dataset OpenDataset(const Settings& settings);

// The best model of the checkpoints, which must be of this dataset, and where the weights of its repeat purchases
// stand, if it has them. The backend must outlive it.
struct TrainedModel {
  std::filesystem::path directory;
  model::TwoTower towers;
  std::optional<std::filesystem::path> repeat_file;
};
TrainedModel LoadModel(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend);

// The model as a contestant on `part`. Gives its towers the demand that was known before the part. The references must
// outlive it.
std::unique_ptr<eval::Recommender> MakeModelRecommender(const data::Dataset& dataset, data::Part part,
                                                        TrainedModel& model, tensor::Backend& backend);

// The files that a server keeps events in, as `prepare` reads them.
profile::EventFiles ParquetEventFiles();
// The same of decisions, as `join` reads them.
profile::DecisionFiles ParquetDecisionFiles();

}  // namespace shortlist::tools
