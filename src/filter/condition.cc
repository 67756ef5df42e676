#include "filter/condition.h"

#include "shortlist/error.h"

namespace shortlist::filter {

void Refuse(const std::string& place, const std::string& reason) {
  throw Error(Code::kInvalidArgument, place + ": " + reason);
}

void ConditionBudget::Enter(const std::string& place) {
  if (++depth_ > kMostDepth) {
    Refuse(place, "conditions are nested more than " + std::to_string(kMostDepth) + " deep");
  }
  if (++conditions_ > kMostConditions) {
    Refuse(place, "there are more than " + std::to_string(kMostConditions) + " conditions");
  }
}

void ConditionBudget::AddValue(const std::string& place) {
  if (++values_ > kMostValues) Refuse(place, "there are more than " + std::to_string(kMostValues) + " values");
}

}  // namespace shortlist::filter
