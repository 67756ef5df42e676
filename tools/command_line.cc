#include "command_line.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "catalog_options.h"
#include "export_options.h"
#include "join_options.h"
#include "loadtest_options.h"
#include "plan_options.h"
#include "query_options.h"
#include "record_options.h"
#include "security_options.h"
#include "shopper_options.h"
#include "shortlist/error.h"
#include "versions_options.h"

namespace shortlist::tools {
namespace {

// What the options write to. Options are bound to it before parsing; each command copies what it needs afterwards.
struct Values {
  std::string log_level = "info";
  Configuration configuration;
  std::filesystem::path json;
  std::filesystem::path out;
  std::optional<std::filesystem::path> reuse;
  std::string part = "test";
  std::vector<std::string> floors;
  std::vector<std::string> beaten;
  PlanCommand plan;
  PlanIndexCommand plan_index;
  TuneCommand tune;
  std::filesystem::path bundle;
  std::string address;
  std::string admin_address;
  std::filesystem::path models;
  std::int64_t keep = 0;
  VersionsOptions versions;
  ClientSecurity security;
  CatalogOptions catalog;
  CompactCommand compact;
  RecordCommand record{.address = "127.0.0.1:50051", .security = {}, .file = {}, .json = {}};
  JoinCommand join{.configuration = {},
                   .lakes = {},
                   .out = {},
                   .window_seconds = 86400,
                   .rewards = {},
                   .memory_mib = 512,
                   .json = {}};
  ShopperCommand shopper{.address = "127.0.0.1:50051", .security = {}, .user = {}, .out = {}};
  VerifyReceiptCommand verified;
  ExportOptions exported;
  QueryOptions query;
  LoadtestOptions loadtest;
  bool resume = false;
  bool force = false;
  bool baselines_only = false;
  Effect effect = Effect::kServe;
  bool insecure = false;
};

class Parser {
 public:
  Parser() {
    app_.require_subcommand(1);
    app_.set_help_flag("-h,--help", "Print this help and exit.");
    app_.set_version_flag("--version", SHORTLIST_VERSION, "Print the version and exit.");
    app_.add_option("--log-level", values_.log_level, "Least level of logs on stderr.")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
        ->capture_default_str();
    AddStages();
    AddServing();
    AddInspection();
  }

  std::variant<Invocation, EarlyExit> Parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
      return Invocation{base::ParseLogLevel(values_.log_level), make_()};
    } catch (const CLI::ParseError& failure) {
      const bool asked_for = failure.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
      app_.exit(failure);
      return EarlyExit{asked_for ? 0 : kUsageError};
    }
  }

 private:
  // A subcommand that becomes a command by `make` if it is the one that was given.
  CLI::App* Add(CLI::App& parent, const std::string& name, const std::string& description, const std::string& example,
                std::function<Command()> make) {
    CLI::App* command = parent.add_subcommand(name, description);
    command->fallthrough();
    command->footer("Example:\n  " + example);
    command->callback([this, make = std::move(make)] { make_ = make; });
    return command;
  }

  // What the options of a command cannot say by themselves.
  static void Require(bool given, const std::string& what) {
    if (!given) throw CLI::RequiredError(what);
  }

  bool HasConfiguration() const { return !values_.configuration.file.empty(); }

  CLI::Option* AddConfiguration(CLI::App* command) {
    command->add_option("--threads", values_.configuration.threads, "Overrides `threads` of the configuration.")
        ->check(CLI::Range(0, 4096));
    command->add_option("--seed", values_.configuration.seed, "Overrides `seed` of the configuration.")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{9007199254740991}));
    return command->add_option("CONFIG", values_.configuration.file, "Configuration file (docs/config.md).")
        ->check(CLI::ExistingFile);
  }

  CLI::Option* AddJson(CLI::App* command) {
    return command->add_option("--json", values_.json, "File that receives the result as JSON.")
        ->type_name("FILE")
        ->check(&MissingFolder, "");
  }

  // Told before a long stage begins rather than after it.
  static std::string MissingFolder(const std::string& file) {
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    if (folder.empty() || std::filesystem::is_directory(folder)) return "";
    return "there is no directory '" + folder.string() + "'";
  }

  CLI::App* AddStage(const std::string& name, const std::string& description, const std::string& example,
                     std::function<Command()> make) {
    CLI::App* command = Add(app_, name, description, example, std::move(make));
    AddConfiguration(command)->required();
    AddJson(command);
    return command;
  }

  void AddStages() {
    CLI::App* synthesize = Add(app_, "synthesize", "Write the events, catalog and consents of a made-up retailer.",
                               "shortlist synthesize configs/synthetic.yaml --out demo/data", [this]() -> Command {
                                 Require(HasConfiguration() || !values_.out.empty(), "CONFIG or --out");
                                 return SynthesizeCommand{values_.configuration, values_.out};
                               });
    AddConfiguration(synthesize);
    synthesize->add_option("--out", values_.out,
                           "Directory to write to; default: source/ below the configuration's directory.");

    AddStage("prepare", "Make the dataset: read events, clean, filter, split, fit features.",
             "shortlist prepare configs/amazon_beauty.yaml --reuse parsed",
             [this]() -> Command {
               return PrepareCommand{values_.configuration, values_.reuse, values_.json};
             })
        ->add_option("--reuse", values_.reuse,
                     "Directory that keeps the parsed form of every file of events for the next time, when those that "
                     "are unchanged are not parsed again.");

    CLI::App* train =
        AddStage("train", "Train the model on the dataset; SIGTERM writes a checkpoint and ends with status 75.",
                 "shortlist train configs/amazon_beauty.yaml --resume", [this]() -> Command {
                   const auto start = values_.resume ? train::Start::kResume : train::Start::kFresh;
                   return TrainCommand{values_.configuration, start, values_.json};
                 });
    train->add_flag(
        "--resume", values_.resume,
        "Continue at the exact batch after the last checkpoint, or from the beginning where there is none yet.");

    AddPlan();
    AddPlanIndex();
    AddTune();

    CLI::App* evaluate =
        AddStage("evaluate", "Score the model and the baselines over the full catalog.",
                 "shortlist evaluate configs/amazon_beauty.yaml --part validation --json evaluation.json",
                 [this]() -> Command { return MakeEvaluate(); });
    evaluate->add_option("--part", values_.part, "Part of the dataset to score.")
        ->check(CLI::IsMember({"validation", "test"}))
        ->capture_default_str();
    CLI::Option* alone =
        evaluate->add_flag("--baselines-only", values_.baselines_only, "Leave the model out; needs no checkpoint.");
    AddQualityGate(*evaluate, *alone);

    CLI::App* index = AddStage("index", "Build the indexes, measure their recall and write the bundle.",
                               "shortlist index configs/amazon_beauty.yaml", [this]() -> Command {
                                 return IndexCommand{values_.configuration, Gate(), values_.json};
                               });
    index->add_flag("--force", values_.force, "Write the bundle even if its recall is below index.target_recall.");

    AddStage("run", "Prepare, train, evaluate and index in one go.", "shortlist run configs/amazon_beauty.yaml",
             [this]() -> Command {
               return RunCommand{values_.configuration, values_.json};
             });
    AddRetrain();
  }

  void AddRetrain() {
    CLI::App* retrain = AddStage(
        "retrain",
        "Make the next version of the served model from what is new, and publish it if it is good enough. Goes "
        "on where an earlier call was stopped or killed. Status 0: published, or nothing is new; 3: refused, "
        "what serves goes on serving; 75: stopped by a signal.",
        "shortlist retrain configs/shop.yaml --models /srv/models --json retrain.json", [this]() -> Command {
          return RetrainCommand{values_.configuration, values_.models, values_.json};
        });
    retrain->add_option("--models", values_.models, "Directory of versions; default: retrain.models.");
  }

  void AddTune() {
    TuneCommand& tune = values_.tune;
    CLI::App* command =
        AddStage("tune", "Look for better settings by the validation metric and write a configuration with the best.",
                 "shortlist tune configs/amazon_beauty.yaml --budget 30m", [this]() -> Command {
                   TuneCommand made = values_.tune;
                   made.configuration = values_.configuration;
                   made.start = values_.resume ? train::Start::kResume : train::Start::kFresh;
                   made.json = values_.json;
                   return made;
                 });
    command
        ->add_option("--budget", tune.budget_seconds,
                     "Time that training may take in all, for example 90s, 30m or 8h; further configurations are drawn "
                     "while there is some. [tune.configurations once]")
        ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}},
                                          CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME"))
        ->check(CLI::PositiveNumber);
    command->add_option("--out", tune.out, "File to write; default: CONFIG with .tuned.yaml as its ending.")
        ->check(&MissingFolder, "");
    command->add_flag("--resume", values_.resume, "Go on with the search that was stopped, or that a budget ended.");
  }

  void AddPlan() {
    CLI::App* command =
        AddStage("plan", "Say what training on several devices needs: memory, bytes on the wire, seconds, sharding.",
                 "shortlist plan configs/gowalla.yaml --devices 8 --memory 80GB --link 450GB/s", [this]() -> Command {
                   PlanCommand made = values_.plan;
                   made.configuration = values_.configuration;
                   made.json = values_.json;
                   return made;
                 });
    AddPlanOptions(*command, values_.plan);
  }

  void AddQualityGate(CLI::App& evaluate, CLI::Option& baselines_alone) {
    evaluate
        .add_option("--at-least", values_.floors,
                    "Fail if the model scores less, for example ndcg@10=0.05 (recall, ndcg, hit_rate, mrr); may be "
                    "repeated.")
        ->type_name("METRIC@K=VALUE")
        ->check(&NoScoreFloor, "")
        ->excludes(&baselines_alone);
    evaluate
        .add_option("--better-than", values_.beaten,
                    "Fail unless the model has a higher NDCG at the largest k than this baseline; may be repeated.")
        ->type_name("BASELINE")
        ->excludes(&baselines_alone);
  }

  static std::string NoScoreFloor(const std::string& text) {
    try {
      eval::ParseScoreFloor(text);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }

  void AddPlanIndex() {
    CLI::App* command = Add(app_, "plan-index", "Say how many bytes and how much CPU each kind of index takes.",
                            "shortlist plan-index --items 10M --width 64", [this]() -> Command {
                              PlanIndexCommand made = values_.plan_index;
                              made.configuration = values_.configuration;
                              made.json = values_.json;
                              return made;
                            });
    AddConfiguration(command);
    AddJson(command);
    AddPlanIndexOptions(*command, values_.plan_index);
  }

  index::RecallGate Gate() const { return values_.force ? index::RecallGate::kForce : index::RecallGate::kEnforce; }

  Command MakeEvaluate() const {
    const auto part = values_.part == "test" ? data::Part::kTest : data::Part::kValidation;
    const auto contestants = values_.baselines_only ? Contestants::kBaselines : Contestants::kModelAndBaselines;
    eval::QualityGate gate{.floors = {}, .beaten = values_.beaten};
    for (const std::string& floor : values_.floors) gate.floors.push_back(eval::ParseScoreFloor(floor));
    return EvaluateCommand{values_.configuration, part, contestants, std::move(gate), values_.json};
  }

  void AddServing() {
    CLI::App* serve =
        Add(app_, "serve", "Serve a bundle over gRPC until SIGTERM. Prints `serving VERSION on HOST:PORT` once ready.",
            "shortlist serve --bundle runs/beauty/bundle --address 127.0.0.1:50051", [this]() -> Command {
              Require(HasConfiguration() || !values_.bundle.empty(), "CONFIG or --bundle");
              return ServeCommand{values_.configuration, values_.bundle,   values_.address, values_.admin_address,
                                  values_.effect,        values_.insecure, values_.json};
            });
    AddConfiguration(serve);
    serve->add_option("--bundle", values_.bundle,
                      "Bundle to serve; default: bundle/ below the configuration's directory.");
    serve->add_option("--address", values_.address, "Overrides `serve.address` of the configuration.");
    serve->add_option("--admin-address", values_.admin_address,
                      "Overrides `serve.admin.address` of the configuration.");
    AddServingChecks(*serve);
    AddPublish();
    AddVersions();
    AddCatalog();
    AddCompact();
    AddRecord();
    AddJoin();
    AddShopper();
    AddExport();
    serve->add_flag("--insecure", values_.insecure,
                    "Allow an address that a network reaches without TLS (serve.security.insecure).");
    AddQuery();
    AddLoadtest();
  }

  void AddServingChecks(CLI::App& serve) {
    CLI::Option* configuration = serve.add_flag_callback(
        "--check-config", [this] { values_.effect = Effect::kCheckConfiguration; },
        "Check the configuration and say what it asks for: ports, files, shutdown. Opens nothing.");
    serve
        .add_flag_callback(
            "--check-models", [this] { values_.effect = Effect::kCheckModels; },
            "Also load the version that would be served, and say which it is, without listening.")
        ->excludes(configuration);
    AddJson(&serve)->needs(configuration);
  }

  void AddLoadtest() {
    LoadPlan& plan = values_.loadtest.command.plan;
    CLI::App* command = Add(app_, "loadtest", "Put a load on running servers and measure rates and latencies.",
                            "shortlist loadtest --address 127.0.0.1:50051 --bundle runs/beauty/bundle --rate 2000\n"
                            "  shortlist loadtest --address host-a:50051,host-b:50051 --batch 16 --concurrency 32",
                            [this]() -> Command {
                              LoadtestCommand made = MakeLoadtest(values_.loadtest);
                              made.plan.security = values_.security;
                              made.json = values_.json;
                              return made;
                            });
    command
        ->add_option("--address", plan.addresses,
                     "Hosts and ports of servers, or names with several such as dns:///shop:50051, separated by "
                     "commas; used in turn.")
        ->delimiter(',')
        ->default_str("127.0.0.1:50051");
    AddClientSecurity(command);
    AddLoadOptions(*command, values_.loadtest);
    AddJson(command);
  }

  void AddPublish() {
    CLI::App* publish =
        Add(app_, "publish", "Copy a bundle into a directory of versions, whole or not at all.",
            "shortlist publish runs/beauty.yaml --models /srv/models --keep 3", [this]() -> Command {
              Require(HasConfiguration() || !values_.bundle.empty(), "CONFIG or --bundle");
              return PublishCommand{values_.configuration, values_.bundle, values_.models, values_.keep, Gate()};
            });
    AddConfiguration(publish);
    publish->add_option("--bundle", values_.bundle,
                        "Bundle to publish; default: bundle/ below the configuration's directory.");
    publish->add_option("--models", values_.models, "Directory of versions, which a server serves.")->required();
    publish->add_option("--keep", values_.keep, "Versions to keep; older ones are removed. [all]")
        ->check(CLI::Range(1, 1 << 20));
    publish->add_flag("--force", values_.force,
                      "Publish even if recall is below index.target_recall or worse than the newest version's.");
  }

  void AddVersions() {
    CLI::App* versions = Add(app_, "versions", "Ask or tell a running server which versions it serves.",
                             "shortlist versions list --admin-address 127.0.0.1:50052", [this]() -> Command {
                               VersionsCommand made = values_.versions.command;
                               made.security = values_.security;
                               made.json = values_.json;
                               return made;
                             });
    AddClientSecurity(versions);
    AddJson(versions);
    AddVersionsOptions(*versions, values_.versions);
  }

  void AddCatalog() {
    CLI::App* catalog =
        Add(app_, "catalog", "Tell a running server what has changed in the catalog.",
            "shortlist catalog upsert items.jsonl --admin-address 127.0.0.1:50052", [this]() -> Command {
              CatalogCommand made = values_.catalog.command;
              made.security = values_.security;
              made.json = values_.json;
              return made;
            });
    AddClientSecurity(catalog);
    AddJson(catalog);
    AddCatalogOptions(*catalog, values_.catalog);
  }

  void AddCompact() {
    CLI::App* command =
        Add(app_, "compact", "Merge logged changes of the catalog into the next version of a bundle.",
            "shortlist compact configs/beauty.yaml --log /var/lib/shortlist/catalog.log", [this]() -> Command {
              CompactCommand made = values_.compact;
              made.configuration = values_.configuration;
              made.gate = Gate();
              made.json = values_.json;
              return made;
            });
    CompactCommand& compact = values_.compact;
    AddConfiguration(command)->required();
    command->add_option("--bundle", compact.bundle,
                        "Bundle, for example the version that is served; default: bundle/ below the configuration's "
                        "directory.");
    command->add_option("--log", compact.log,
                        "Log of changes, which a server may be writing; default: "
                        "serve.catalog.log of the configuration.");
    command->add_option("--out", compact.out, "The next bundle; default: bundle/ below the configuration's directory.");
    command->add_flag("--force", values_.force, "Write the bundle even if its recall is below index.target_recall.");
    AddJson(command);
  }

  void AddJoin() {
    CLI::App* join =
        AddStage("join", "Join what shoppers were shown with what they did then: labels and rewards of every item.",
                 "shortlist join configs/amazon_beauty.yaml --window 24h --json join.json", [this]() -> Command {
                   JoinCommand made = values_.join;
                   made.configuration = values_.configuration;
                   made.json = values_.json;
                   return made;
                 });
    AddJoinOptions(*join, values_.join);
  }

  void AddRecord() {
    CLI::App* record = Add(app_, "record", "Tell a running server what shoppers did.",
                           "shortlist record events.jsonl --address 127.0.0.1:50051", [this]() -> Command {
                             RecordCommand made = values_.record;
                             made.security = values_.security;
                             made.json = values_.json;
                             return made;
                           });
    AddRecordOptions(*record, values_.record);
    AddClientSecurity(record);
    AddJson(record);
  }

  void AddShopper() {
    CLI::App* shopper = Add(app_, "shopper", "Export or erase what a running server holds of a shopper.",
                            "shortlist shopper erase A100 --out receipt.json", [this]() -> Command {
                              ShopperCommand made = values_.shopper;
                              made.security = values_.security;
                              return made;
                            });
    AddShopperOptions(*shopper, values_.shopper);
    AddClientSecurity(shopper);
    CLI::App* verify =
        Add(app_, "verify-receipt", "Say whether the receipt of an erasure is genuine.",
            "shortlist verify-receipt receipt.json --public-key receipts.pem --user A100", [this]() -> Command {
              VerifyReceiptCommand made = values_.verified;
              made.json = values_.json;
              return made;
            });
    AddVerifyReceiptOptions(*verify, values_.verified);
    AddJson(verify);
  }

  void AddExport() {
    CLI::App* command = Add(app_, "export", "Write the best items of every shopper to Parquet files.",
                            "shortlist export runs/beauty.yaml -k 100 --out shortlists", [this]() -> Command {
                              return MakeExport(values_.exported, values_.configuration, values_.json);
                            });
    AddConfiguration(command)->required();
    AddExportOptions(*command, values_.exported);
    AddJson(command);
  }

  // Of a command that talks to a server.
  void AddClientSecurity(CLI::App* command) { AddSecurityOptions(*command, values_.security); }

  void AddQuery() {
    CLI::App* query = Add(app_, "query", "Ask a running server.",
                          "shortlist query --address 127.0.0.1:50051 --user A100 -k 10\n"
                          "  shortlist query --address 127.0.0.1:50051 --history B01,B07 --context device=phone\n"
                          "  shortlist query --user A100 --where 'price < 20 and category in (\"shoes\", \"boots\")'",
                          [this]() -> Command {
                            QueryCommand made = MakeQuery(values_.query);
                            made.security = values_.security;
                            made.json = values_.json;
                            return made;
                          });
    AddQueryOptions(*query, values_.query);
    AddClientSecurity(query);
    AddJson(query);
  }

  void AddInspection() {
    CLI::App* doctor = Add(app_, "doctor", "Say what this machine has, and what is missing for what.",
                           "shortlist doctor", [this]() -> Command { return DoctorCommand{values_.json}; });
    AddJson(doctor);

    CLI::App* config = app_.add_subcommand("config", "Check a configuration, or describe its fields.");
    config->fallthrough();
    config->require_subcommand(1);
    config->footer("Example:\n  shortlist config check configs/amazon_beauty.yaml");
    Add(*config, "schema", "Print the JSON Schema of the configuration, for editors.",
        "shortlist config schema > shortlist.schema.json", []() -> Command { return ConfigSchemaCommand{}; });
    Add(*config, "reference", "Print docs/config.md.", "shortlist config reference > docs/config.md",
        []() -> Command { return ConfigReferenceCommand{}; });
    CLI::App* check =
        Add(*config, "check", "Check a configuration file.", "shortlist config check configs/amazon_beauty.yaml",
            [this]() -> Command { return ConfigCheckCommand{values_.configuration.file}; });
    check->add_option("CONFIG", values_.configuration.file, "Configuration file.")
        ->check(CLI::ExistingFile)
        ->required();
  }

  Values values_;
  CLI::App app_{"Shortlist: from interaction events to served recommendations.", "shortlist"};
  std::function<Command()> make_;
};

}  // namespace

std::variant<Invocation, EarlyExit> ParseCommandLine(int argc, const char* const* argv) {
  return Parser().Parse(argc, argv);
}

}  // namespace shortlist::tools
