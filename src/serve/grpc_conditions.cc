#include "serve/grpc_conditions.h"

#include <cmath>
#include <string>
#include <utility>

#include "filter/condition_text.h"

namespace shortlist::serve {
namespace {

using filter::Condition;

// Reads a tree of messages, counting what it costs.
class ConditionReader {
 public:
  Condition Read(const v1::Condition& message, const std::string& place) {
    budget_.Enter(place);
    Condition condition = ReadKind(message, place);
    budget_.Leave();
    return condition;
  }

 private:
  Condition ReadKind(const v1::Condition& message, const std::string& place) {
    switch (message.kind_case()) {
      case v1::Condition::kAllOf:
        return Group(filter::Joint::kAllOf, message.all_of(), place + ".all_of");
      case v1::Condition::kAnyOf:
        return Group(filter::Joint::kAnyOf, message.any_of(), place + ".any_of");
      case v1::Condition::kNoneOf:
        return Group(filter::Joint::kNoneOf, message.none_of(), place + ".none_of");
      case v1::Condition::kTextIn:
        return Texts(message.text_in(), place + ".text_in");
      case v1::Condition::kNumberIn:
        return Numbers(message.number_in(), place + ".number_in");
      case v1::Condition::kNumberRange:
        return Range(message.number_range(), place + ".number_range");
      case v1::Condition::kExists:
        return {filter::Exists{message.exists()}, place + ".exists"};
      case v1::Condition::KIND_NOT_SET:
        break;
    }
    filter::Refuse(place, "the condition says nothing");
  }

  Condition Group(filter::Joint joint, const v1::Conditions& message, const std::string& place) {
    filter::Group group{joint, {}};
    for (int i = 0; i < message.conditions_size(); ++i) {
      group.conditions.push_back(Read(message.conditions(i), place + "[" + std::to_string(i) + "]"));
    }
    return {std::move(group), place};
  }

  Condition Texts(const v1::TextIn& message, const std::string& place) {
    for (int i = 0; i < message.values_size(); ++i) budget_.AddValue(place);
    return {filter::TextIn{message.attribute(), {message.values().begin(), message.values().end()}}, place};
  }

  Condition Numbers(const v1::NumberIn& message, const std::string& place) {
    for (const double value : message.values()) AddNumber(value, place);
    return {filter::NumberIn{message.attribute(), {message.values().begin(), message.values().end()}}, place};
  }

  Condition Range(const v1::NumberRange& message, const std::string& place) {
    filter::NumberRange range{.attribute = message.attribute()};
    if (message.has_at_least()) range.least = message.at_least();
    if (message.has_at_most()) range.most = message.at_most();
    if (message.has_above()) {
      range.least = message.above();
      range.least_bound = filter::Bound::kExcluded;
    }
    if (message.has_below()) {
      range.most = message.below();
      range.most_bound = filter::Bound::kExcluded;
    }
    AddNumber(range.least, place);
    AddNumber(range.most, place);
    return {std::move(range), place};
  }

  // Infinities are bounds like any other.
  void AddNumber(double value, const std::string& place) {
    budget_.AddValue(place);
    if (std::isnan(value)) filter::Refuse(place, "NaN cannot be compared");
  }

  filter::ConditionBudget budget_;
};

template <class Read>
void ReadCondition(RequestFilter& filter, const Read& read) {
  try {
    filter.condition = read();
  } catch (const Error& error) {
    filter.problem = error;
  }
}

}  // namespace

Condition ConditionFrom(const v1::Condition& message) {
  return ConditionReader().Read(message, "condition");
}

RequestFilter FilterFrom(const v1::RecommendRequest& message) {
  RequestFilter filter;
  filter.only_ids = {message.only_item_ids().begin(), message.only_item_ids().end()};
  if (!message.where().empty()) ReadCondition(filter, [&] { return filter::ParseCondition(message.where()); });
  if (message.has_condition()) ReadCondition(filter, [&] { return ConditionFrom(message.condition()); });
  return filter;
}

RequestFilter FilterFrom(const v1::SimilarItemsRequest& message) {
  RequestFilter filter;
  filter.only_ids = {message.only_item_ids().begin(), message.only_item_ids().end()};
  if (!message.where().empty()) ReadCondition(filter, [&] { return filter::ParseCondition(message.where()); });
  return filter;
}

}  // namespace shortlist::serve
