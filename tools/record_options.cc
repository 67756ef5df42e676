#include "record_options.h"

#include <CLI/CLI.hpp>

namespace shortlist::tools {

void AddRecordOptions(CLI::App& command, RecordCommand& record) {
  command.add_option("--address", record.address, "Host and port of the server.")->capture_default_str();
  command
      .add_option(
          "FILE", record.file,
          "JSON lines: {\"event_id\": \"e1\", \"user\": \"A100\", \"item\": \"B01\", \"event_type\": \"click\", "
          "\"time\": 1700000000}.")
      ->check(CLI::ExistingFile)
      ->required();
}

}  // namespace shortlist::tools
