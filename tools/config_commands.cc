#include <iostream>

#include "commands.h"
#include "config/config.h"

namespace shortlist::tools {

void Execute(const ConfigSchemaCommand& /*command*/) {
  std::cout << config::JsonSchema();
}

void Execute(const ConfigReferenceCommand& /*command*/) {
  std::cout << config::MarkdownReference();
}

void Execute(const ConfigCheckCommand& command) {
  config::LoadSettings(command.file);
  std::cout << command.file.string() << " is valid\n";
}

}  // namespace shortlist::tools
