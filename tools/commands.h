// The commands of the program: their arguments, as read from the command line, and what executes them.
//
// Execute prints results to stdout and logs to stderr, and throws Error. Every `json` is the path of a file that
// receives the command's result for programs; empty for none.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "batch_export.h"
#include "client_security.h"
#include "data/dataset.h"
#include "data/decision_join.h"
#include "eval/quality_gate.h"
#include "index/recall_gate.h"
#include "loadtest/load_plan.h"
#include "query_client.h"
#include "shortlist/settings.h"
#include "train/trainer.h"

namespace shortlist::tools {

// A configuration file, and what the command line sets above it.
struct Configuration {
  std::filesystem::path file;  // empty: all defaults
  std::optional<std::int64_t> threads;
  std::optional<std::int64_t> seed;
};
Settings Load(const Configuration& configuration);

struct SynthesizeCommand {
  Configuration configuration;
  std::filesystem::path out;  // empty: source/ below the configuration's directory
};
void Execute(const SynthesizeCommand& command);

struct PrepareCommand {
  Configuration configuration;
  std::optional<std::filesystem::path> reuse;  // of parsed files
  std::filesystem::path json;
};
void Execute(const PrepareCommand& command);

// How a command ended: with what it is for, by a stop signal with a checkpoint to go on from, or with a result that the
// gates of the configuration refuse.
enum class Completion { kDone, kStopped, kRefused };

struct TrainCommand {
  Configuration configuration;
  train::Start start = train::Start::kFresh;
  std::filesystem::path json;
};
Completion Execute(const TrainCommand& command);

enum class Contestants { kModelAndBaselines, kBaselines };

// Fails, after it has reported, if the model does not pass the gate.
struct EvaluateCommand {
  Configuration configuration;
  data::Part part = data::Part::kTest;
  Contestants contestants = Contestants::kModelAndBaselines;
  eval::QualityGate gate;
  std::filesystem::path json;
};
void Execute(const EvaluateCommand& command);

struct IndexCommand {
  Configuration configuration;
  index::RecallGate gate = index::RecallGate::kEnforce;
  std::filesystem::path json;
};
void Execute(const IndexCommand& command);

// Trains below tune/ of the configuration's directory, and leaves study.json there.
struct TuneCommand {
  Configuration configuration;
  train::Start start = train::Start::kFresh;
  double budget_seconds = std::numeric_limits<double>::infinity();
  std::filesystem::path out;  // empty: the configuration's name with .tuned.yaml as its ending
  std::filesystem::path json;
};
Completion Execute(const TuneCommand& command);

struct RunCommand {
  Configuration configuration;
  std::filesystem::path json;
};
Completion Execute(const RunCommand& command);

// Makes the next version of the served model from what is new, and publishes it if it is good enough. Goes on where an
// earlier call was stopped or killed.
struct RetrainCommand {
  Configuration configuration;
  std::filesystem::path models;  // empty: retrain.models of the configuration
  std::filesystem::path json;
};
Completion Execute(const RetrainCommand& command);

// Whether to serve, or only to say what the configuration asks for, or also to load what would be served.
enum class Effect { kServe, kCheckConfiguration, kCheckModels };

// Returns when SIGTERM or SIGINT has been received and the calls under way have been answered.
struct ServeCommand {
  Configuration configuration;
  std::filesystem::path bundle;  // empty: bundle/ below the configuration's directory
  std::string address;           // empty: the configuration's
  std::string admin_address;     // empty: the configuration's
  Effect effect = Effect::kServe;
  bool insecure = false;       // serve.security.insecure, whatever the configuration says
  std::filesystem::path json;  // of kCheckConfiguration
};
void Execute(const ServeCommand& command);

struct SimilarItems {
  SimilarQuery query;
};
struct SimilarUsers {
  SimilarQuery query;
};

struct QueryCommand {
  std::string address;
  ClientSecurity security;
  std::variant<RecommendQuery, SimilarItems, SimilarUsers> query;
  std::filesystem::path json;
};
void Execute(const QueryCommand& command);

struct LoadtestCommand {
  LoadPlan plan;
  std::filesystem::path bundle;  // whose users ask
  std::filesystem::path users;   // or a file with one id per line; with neither, visitors without an id ask
  std::filesystem::path json;
};
void Execute(const LoadtestCommand& command);

// Copies a bundle into a directory of versions and removes the oldest there.
struct PublishCommand {
  Configuration configuration;
  std::filesystem::path bundle;  // empty: bundle/ below the configuration's directory
  std::filesystem::path models;
  std::int64_t keep = 0;  // versions; 0 for all
  index::RecallGate gate = index::RecallGate::kEnforce;
};
void Execute(const PublishCommand& command);

struct ShowVersions {};
struct ActivateStable {
  std::string name;
};
struct ActivateCanary {
  std::string name;
  double percent = 0;
};
struct RollBack {};
struct FollowSettings {};

// Asks the admin service of a running server which versions it serves, or tells it what to serve.
struct VersionsCommand {
  std::string address;
  ClientSecurity security;
  std::chrono::seconds timeout{600};
  std::variant<ShowVersions, ActivateStable, ActivateCanary, RollBack, FollowSettings> change;
  std::filesystem::path json;
};
void Execute(const VersionsCommand& command);

struct ShowChanges {};
struct UpsertItems {
  std::filesystem::path file;  // JSON lines
};
struct WithdrawItems {
  std::vector<std::string> ids;
};

// Tells a running server what has changed in the catalog.
struct CatalogCommand {
  std::string address;
  ClientSecurity security;
  std::chrono::seconds timeout{60};
  std::variant<ShowChanges, UpsertItems, WithdrawItems> change;
  std::filesystem::path json;
};
void Execute(const CatalogCommand& command);

// Merges the changes of the catalog that a server has logged into the next version of a bundle.
struct CompactCommand {
  Configuration configuration;
  std::filesystem::path bundle;  // empty: bundle/ below the configuration's directory
  std::filesystem::path log;     // empty: serve.catalog.log
  std::filesystem::path out;     // empty: bundle/ below the configuration's directory
  index::RecallGate gate = index::RecallGate::kEnforce;
  std::filesystem::path json;
};
void Execute(const CompactCommand& command);

// Tells a running server of events; fails if one of them was invalid. What is sent again counts once.
struct RecordCommand {
  std::string address;
  ClientSecurity security;
  std::chrono::seconds timeout{60};
  std::filesystem::path file;  // JSON lines
  std::filesystem::path json;
};
void Execute(const RecordCommand& command);

// Joins decisions with the events that followed them, for training and measuring.
struct JoinCommand {
  Configuration configuration;
  std::vector<std::filesystem::path> lakes;  // empty: lake/ below serve.events.directory
  std::filesystem::path out;                 // empty: joined/ below the configuration's directory
  double window_seconds = 0;
  data::Rewards rewards;
  std::int64_t memory_mib = 0;
  std::filesystem::path json;
};
void Execute(const JoinCommand& command);

// What is asked of a server for one shopper: all that is held, that nothing is any more, or that a visitor was the
// shopper.
enum class ShopperAction { kExport, kErase, kIdentify };

struct ShopperCommand {
  std::string address;
  ClientSecurity security;
  std::chrono::seconds timeout{600};
  std::string user;
  std::string visitor = {};  // of an identification
  ShopperAction action = ShopperAction::kExport;
  std::filesystem::path out;  // empty: stdout
};
void Execute(const ShopperCommand& command);

// Fails if the receipt of an erasure is not what a server signed.
struct VerifyReceiptCommand {
  std::filesystem::path file;
  std::filesystem::path public_key;  // PEM
  std::string user;                  // empty: any
  std::filesystem::path json;
};
void Execute(const VerifyReceiptCommand& command);

// Writes the best items of every shopper of a bundle to a directory of Parquet files.
struct ExportCommand {
  Configuration configuration;
  std::filesystem::path bundle;  // empty: bundle/ below the configuration's directory
  std::filesystem::path out;
  ExportPlan plan{.k = 100, .shoppers_per_part = 8192};
  std::optional<serve::SeenPolicy> seen;  // none: serve.seen of the configuration
  std::filesystem::path json;
};
Completion Execute(const ExportCommand& command);

struct DoctorCommand {
  std::filesystem::path json;
};
void Execute(const DoctorCommand& command);

// Prints what a training job would need. Fails if it would not fit.
struct PlanCommand {
  Configuration configuration;
  int devices = 0;  // 0: the ranks of this job
  int devices_per_host = 8;
  // Quantities such as "80GB", "450GB/s" or "100T"; empty for those of train::Cluster.
  std::string memory;
  std::string link;
  std::string network;
  std::string compute;
  std::string memory_rate;
  // Of a job whose dataset is not there: number of items, and events of a shopper's history.
  std::string items;
  double history = 0;
  bool measure = false;  // the rates of this machine and of the links between the ranks of this job
  std::filesystem::path json;
};
void Execute(const PlanCommand& command);

// Prints what each kind of index is going to take, with the settings of a configuration's index of items.
struct PlanIndexCommand {
  Configuration configuration;
  std::string items;  // a quantity such as "10M"
  std::int64_t width = 0;
  std::filesystem::path json;
};
void Execute(const PlanIndexCommand& command);

struct ConfigSchemaCommand {};
void Execute(const ConfigSchemaCommand& command);

struct ConfigReferenceCommand {};
void Execute(const ConfigReferenceCommand& command);

struct ConfigCheckCommand {
  std::filesystem::path file;
};
void Execute(const ConfigCheckCommand& command);

using Command = std::variant<SynthesizeCommand, PrepareCommand, TrainCommand, EvaluateCommand, IndexCommand, RunCommand,
                             RetrainCommand, TuneCommand, ServeCommand, PublishCommand, VersionsCommand, CatalogCommand,
                             CompactCommand, RecordCommand, JoinCommand, ShopperCommand, VerifyReceiptCommand,
                             ExportCommand, QueryCommand, LoadtestCommand, DoctorCommand, PlanCommand, PlanIndexCommand,
                             ConfigSchemaCommand, ConfigReferenceCommand, ConfigCheckCommand>;

}  // namespace shortlist::tools
