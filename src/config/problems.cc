#include "config/problems.h"

#include <algorithm>
#include <tuple>

#include "shortlist/error.h"

namespace shortlist::config {

Place Problems::PlaceOf(std::string field) const {
  for (;;) {
    const auto found = places_.find(field);
    if (found != places_.end()) return found->second;
    const std::size_t end = field.find_last_of(".[");
    if (end == std::string::npos) return {};
    field.resize(end);
  }
}

void Problems::Add(const std::string& field, const std::string& what) {
  AddAt(PlaceOf(field), field, what);
}

void Problems::AddAt(Place place, const std::string& field, const std::string& what) {
  std::string text = file_;
  if (place.line > 0) text += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  text += ": ";
  if (!field.empty()) text += field + ": ";
  problems_.push_back({place, text + what});
}

void Problems::ThrowIfAny() const {
  if (problems_.empty()) return;
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  std::string message;
  for (const Problem& problem : sorted) message += (message.empty() ? "" : "\n") + problem.text;
  throw Error(Code::kInvalidArgument, message);
}

}  // namespace shortlist::config
