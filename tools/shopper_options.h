// The commands below `shortlist shopper`, and the options of `shortlist verify-receipt`.
#pragma once

#include "commands.h"

namespace CLI {
class App;
}

namespace shortlist::tools {

// Bind to what must stand still until the command line is parsed. Security is the caller's.
void AddShopperOptions(CLI::App& shopper, ShopperCommand& command);
void AddVerifyReceiptOptions(CLI::App& verify, VerifyReceiptCommand& command);

}  // namespace shortlist::tools
