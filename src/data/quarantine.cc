#include "data/quarantine.h"

#include <nlohmann/json.hpp>

namespace shortlist::data {

void Quarantine::Add(std::string_view file, std::int64_t line, std::string_view reason) {
  const nlohmann::ordered_json row = {{"file", file}, {"line", line}, {"reason", reason}};
  file_.stream() << row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace shortlist::data
