// Faults that are planted while the program runs (plant_switches.py): the mutant whose number stands in the environment
// variable SHORTLIST_MUTANT, or none.
#pragma once

namespace shortlist::simt {

bool IsPlanted(int mutant);

// `a < WeakenedIf(n) > b` is a < b, and a <= b once mutant n is planted. `a >= WeakenedIf(n) >= b` is a >= b, then a >
// b; `a <= WeakenedIf(n) <= b` is a <= b, then a <= 1 + b. Operators are overloaded because a replacement of text does
// not know where their operands begin and end.
class WeakenedIf {
 public:
  explicit WeakenedIf(int mutant) : weakened_(IsPlanted(mutant)) {}
  bool weakened() const { return weakened_; }

 private:
  bool weakened_;
};

template <class Left>
struct LeftOfBound {
  Left left;
  bool weakened;
};

template <class Left>
LeftOfBound<Left> operator<(Left left, WeakenedIf bound) {
  return {left, bound.weakened()};
}
template <class Left, class Right>
bool operator>(LeftOfBound<Left> bound, Right right) {
  return bound.weakened ? bound.left <= right : bound.left < right;
}
template <class Left>
LeftOfBound<Left> operator>=(Left left, WeakenedIf bound) {
  return {left, bound.weakened()};
}
template <class Left, class Right>
bool operator>=(LeftOfBound<Left> bound, Right right) {
  return bound.weakened ? bound.left > right : bound.left >= right;
}
template <class Left>
LeftOfBound<Left> operator<=(Left left, WeakenedIf bound) {
  return {left, bound.weakened()};
}
template <class Left, class Right>
bool operator<=(LeftOfBound<Left> bound, Right right) {
  return bound.weakened ? bound.left <= 1 + right : bound.left <= right;
}

}  // namespace shortlist::simt
