// What a request asks of items: comparisons of attributes, joined by and, or and not.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace shortlist::filter {

struct Condition;

// All, one or more, or none of the conditions hold. Without conditions the first and the last hold for every item, the
// second for none.
enum class Joint { kAllOf, kAnyOf, kNoneOf };
struct Group {
  Joint joint = Joint::kAllOf;
  std::vector<Condition> conditions;
};

// The attribute has one or more of these texts or numbers.
struct TextIn {
  std::string attribute;
  std::vector<std::string> values;
};
struct NumberIn {
  std::string attribute;
  std::vector<double> values;
};

enum class Bound { kIncluded, kExcluded };

// The attribute has a number between these.
struct NumberRange {
  std::string attribute;
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  Bound least_bound = Bound::kIncluded;
  Bound most_bound = Bound::kIncluded;
};

// The item has the attribute.
struct Exists {
  std::string attribute;
};

// A comparison with an attribute that an item lacks does not hold, so its negation does.
struct Condition {
  std::variant<Group, TextIn, NumberIn, NumberRange, Exists> kind;
  std::string place;  // where it stands in the request, for messages
};

// How much a request may ask for. Deep or wide conditions cost memory before they cost time, so they are counted while
// they are read.
inline constexpr int kMostDepth = 16;
inline constexpr std::int64_t kMostConditions = 256;
inline constexpr std::int64_t kMostValues = 10000;

class ConditionBudget {
 public:
  // All throw Error{kInvalidArgument} naming the place and the limit.
  void Enter(const std::string& place);  // a group or a condition; its depth counts until Leave
  void Leave() { --depth_; }
  void AddValue(const std::string& place);

 private:
  int depth_ = 0;
  std::int64_t conditions_ = 0;
  std::int64_t values_ = 0;
};

// Error{kInvalidArgument} with the place in front.
[[noreturn]] void Refuse(const std::string& place, const std::string& reason);

}  // namespace shortlist::filter
