#include "telemetry/pseudonym.h"

namespace shortlist::telemetry {

Pseudonyms Pseudonyms::FromFile(const std::string& path) {
  return Pseudonyms(path.empty() ? base::SecretKey::Random() : base::SecretKey::FromFile(path));
}

}  // namespace shortlist::telemetry
