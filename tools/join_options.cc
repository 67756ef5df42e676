#include "join_options.h"

#include <map>
#include <string>

#include <CLI/CLI.hpp>

namespace shortlist::tools {

void AddJoinOptions(CLI::App& command, JoinCommand& join) {
  command
      .add_option("--lake", join.lakes,
                  "Folder with decisions/, events/ and consents/; several for several servers. [lake/ below "
                  "serve.events.directory]")
      ->check(CLI::ExistingDirectory);
  command.add_option("--out", join.out,
                     "Directory for the dataset; one that is there is replaced. [joined/ below the configuration's "
                     "directory]");
  command
      .add_option("--window", join.window_seconds,
                  "How long after an answer an event may be its outcome, for example 30m, 24h or 7d.")
      ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}},
                                        CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME"))
      ->check(CLI::PositiveNumber)
      ->default_str("24h");
  const auto add_reward = [&](const std::string& name, double& reward, const std::string& outcome) {
    command.add_option(name, reward, "Reward of " + outcome + "; of several outcomes the best counts.")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
  };
  add_reward("--click-reward", join.rewards.click, "a click");
  add_reward("--cart-reward", join.rewards.add_to_cart, "an addition to the cart");
  add_reward("--purchase-reward", join.rewards.purchase, "a purchase");
  command.add_option("--memory-mib", join.memory_mib, "Memory for sorting.")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
}

}  // namespace shortlist::tools
