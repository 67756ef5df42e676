// The options of the commands that plan.
#pragma once

#include <CLI/CLI.hpp>

#include "commands.h"

namespace shortlist::tools {

void AddPlanOptions(CLI::App& command, PlanCommand& plan);
void AddPlanIndexOptions(CLI::App& command, PlanIndexCommand& plan);

}  // namespace shortlist::tools
