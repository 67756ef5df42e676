// Which shoppers agreed that their events train models.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "data/quarantine.h"
#include "data/source_report.h"
#include "shortlist/settings/data.h"

namespace shortlist::data {

class Consent {
 public:
  // Reads the configured files; the last row of a shopper counts. Malformed rows go to the quarantine, which leaves
  // their shoppers as they were: denied, unless an earlier row says otherwise.
  static Consent Read(const ConsentSource& source, const std::filesystem::path& base, Quarantine& quarantine,
                      SourceReport& report);

  // Missing means denied.
  bool AllowsTraining(std::string_view user) const { return allowed_.contains(user); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_set<std::string, Hash, std::equal_to<>> allowed_;
};

}  // namespace shortlist::data
