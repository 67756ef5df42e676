// Usage: help, wrong arguments, wrong configurations.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "e2e/program.h"

namespace shortlist::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class CommandLineTest : public ::testing::Test {
 protected:
  Outcome Shortlist(const std::vector<std::string>& arguments) const { return RunProgram(arguments, scratch_.path()); }

  std::string Write(const std::string& name, const std::string& text) const {
    base::WriteFileAtomically(scratch_ / name, text);
    return scratch_ / name;
  }

  ScratchDirectory scratch_;
};

TEST_F(CommandLineTest, EveryCommandHasHelpWithAnExample) {
  const Outcome all = Shortlist({"--help"});
  EXPECT_EQ(all.status, 0);
  for (const std::string command :
       {"synthesize", "prepare", "train",   "evaluate", "index",  "serve",   "publish",
        "versions",   "catalog", "compact", "record",   "join",   "shopper", "verify-receipt",
        "export",     "query",   "run",     "tune",     "doctor", "config"}) {
    EXPECT_THAT(all.out, HasSubstr("\n  " + command + " "));
    const Outcome help = Shortlist({command, "--help"});
    EXPECT_EQ(help.status, 0) << command;
    EXPECT_THAT(help.out, HasSubstr("Example:\n  shortlist " + command)) << command;
    EXPECT_THAT(help.err, IsEmpty()) << command;
  }
}

TEST_F(CommandLineTest, WrongUsageEndsWithStatusTwo) {
  const std::string config = Write("c.yaml", "name: c\n");
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"prepair", config},
      {"prepare"},
      {"prepare", config, "--thread", "1"},
      {"prepare", config, "--threads", "-1"},
      {"prepare", (scratch_ / "missing.yaml").string()},
      {"evaluate", config, "--part", "train"},
      {"prepare", config, "--json", (scratch_ / "missing/result.json").string()},
      {"synthesize"},
      {"serve"},
      {"publish", config},
      {"versions"},
      {"catalog"},
      {"catalog", "withdraw"},
      {"export", config},
      {"versions", "canary", "v2"},
      {"versions", "canary", "v2", "--percent", "101"},
      {"query"},
      {"query", "--user", "a", "--similar-item", "b"},
      {"query", "--user", "a", "--context", "device"},
      {"prepare", config, "--log-level", "loud"},
      {"config"},
  };
  for (const std::vector<std::string>& arguments : wrong) {
    const Outcome outcome = Shortlist(arguments);
    EXPECT_EQ(outcome.status, 2) << ::testing::PrintToString(arguments);
    EXPECT_FALSE(outcome.err.empty()) << ::testing::PrintToString(arguments);
    EXPECT_THAT(outcome.out, IsEmpty()) << ::testing::PrintToString(arguments);
  }
}

TEST_F(CommandLineTest, AWrongConfigurationStopsEveryStageBeforeItStarts) {
  const std::string config = Write(
      "wrong.yaml", "directory: " + (scratch_ / "run").string() + "\nmodel:\n  dimensoin: 64\n  temperature: 0\n");
  for (const std::string command : {"synthesize", "prepare", "train", "evaluate", "index", "serve", "run"}) {
    const Outcome outcome = Shortlist({command, config});
    EXPECT_EQ(outcome.status, 2) << command;
    EXPECT_THAT(outcome.err, StartsWith("error: INVALID_ARGUMENT: " + config +
                                        ":3:3: model.dimensoin: unknown field; "
                                        "did you mean 'dimension'?\n"));
    EXPECT_THAT(outcome.err, HasSubstr(config + ":4:3: model.temperature: 0 is out of bounds"));
  }
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "run"));
}

TEST_F(CommandLineTest, ConfigChecksAndDescribes) {
  const std::string config = Write("right.yaml", "seed: 3\n");
  EXPECT_EQ(Shortlist({"config", "check", config}).out, config + " is valid\n");
  EXPECT_EQ(Shortlist({"config", "check", Write("wrong.yaml", "sed: 3\n")}).status, 2);
  EXPECT_THAT(Shortlist({"config", "reference"}).out, StartsWith("# Configuration\n"));
  EXPECT_TRUE(nlohmann::json::accept(Shortlist({"config", "schema"}).out));
}

TEST_F(CommandLineTest, StagesSayWhichStageIsMissing) {
  const std::string config = Write("c.yaml", "directory: " + (scratch_ / "run").string() + "\n");
  for (const std::string command : {"train", "evaluate", "index"}) {
    const Outcome outcome = Shortlist({command, config});
    EXPECT_EQ(outcome.status, 1) << command;
    EXPECT_THAT(outcome.err, HasSubstr("shortlist prepare")) << command;
  }
  const Outcome serve = Shortlist({"serve", config});
  EXPECT_EQ(serve.status, 1);
  EXPECT_THAT(serve.err, HasSubstr((scratch_ / "run/bundle").string()));
}

TEST_F(CommandLineTest, ServeSaysWhatItsConfigurationAsksForWithoutOpeningAnything) {
  const std::string config = Write("serve.yaml",
                                   "serve:\n"
                                   "  address: 0.0.0.0:50051\n"
                                   "  admin: {address: ''}\n"
                                   "  health: {address: '0.0.0.0:50053'}\n"
                                   "  shutdown: {lame_duck_seconds: 5, drain_seconds: 20}\n"
                                   "  security: {certificate: no/such.crt, private_key: no/such.key}\n");
  const std::string json = scratch_ / "outline.json";
  const Outcome outcome = Shortlist({"serve", config, "--bundle", "/models", "--check-config", "--json", json});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "would serve latest of /models\n"
            "retrieval on 0.0.0.0:50051 (TLS)\n"
            "health on 0.0.0.0:50053\n"
            "reads no/such.crt\n"
            "reads no/such.key\n"
            "at SIGTERM takes calls for 5 s more, then has 20 s for those under way\n");
  const auto outline = nlohmann::json::parse(base::ReadFile(json));
  EXPECT_EQ(outline["ports"][1]["health_services"], nlohmann::json({"", "liveness", "startup", "readiness"}));
  EXPECT_EQ(outline["drain_seconds"], 20);
}

TEST_F(CommandLineTest, ServeRefusesAConfigurationThatNoServerWouldStartWith) {
  const Outcome unknown = Shortlist({"serve", Write("unknown.yaml", "serve: {port: 1}\n"), "--check-config"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("serve.port: unknown field"));
  const Outcome open = Shortlist({"serve", Write("open.yaml", "serve: {address: '0.0.0.0:1'}\n"), "--check-config"});
  EXPECT_EQ(open.status, 2);
  EXPECT_THAT(open.err, HasSubstr("serve.address '0.0.0.0:1' can be reached over a network without TLS"));
}

TEST_F(CommandLineTest, DoctorSaysWhatTheMachineHas) {
  const Outcome outcome = Shortlist({"doctor", "--json", (scratch_ / "doctor.json").string()});
  EXPECT_EQ(outcome.status, 0);
  for (const std::string part : {"processor", "instructions", "BLAS", "Faiss", "CUDA driver", "NCCL", "MPI"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
  EXPECT_TRUE(nlohmann::json::parse(base::ReadFile(scratch_ / "doctor.json")).contains("faiss"));
}

TEST_F(CommandLineTest, AQueryWithoutAServerNamesTheAddress) {
  const Outcome outcome = Shortlist({"query", "--address", "127.0.0.1:1", "--user", "a"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, StartsWith("error: UNAVAILABLE: "));
  EXPECT_THAT(outcome.err, HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace shortlist::e2e
