// A typed client of shortlist.v1.Catalog.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client_security.h"
#include "context_value.h"

namespace shortlist::tools {

struct CatalogItem {
  std::string id;
  std::string title;
  std::map<std::string, ContextValue> attributes;
};

struct CatalogState {
  std::int64_t changes = 0;
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t withdrawn = 0;
};

// Thread-safe. Every call throws the server's Error, or Error{kUnavailable} if none answers at the address.
class CatalogClient {
 public:
  CatalogClient(std::string address, std::chrono::milliseconds deadline, const ClientSecurity& security = {});
  ~CatalogClient();
  CatalogClient(const CatalogClient&) = delete;
  CatalogClient& operator=(const CatalogClient&) = delete;

  CatalogState Upsert(const std::vector<CatalogItem>& items) const;
  CatalogState Withdraw(const std::vector<std::string>& ids) const;
  CatalogState Changes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::tools
