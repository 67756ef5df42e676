// What is wrong with a configuration file, and where.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace shortlist::config {

// Counted from 1; a line of 0 means unknown.
struct Place {
  int line = 0;
  int column = 0;
};

// Collects the problems of one file, so that all of them are told at once.
class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  // Remembers where the field with the dotted path `field` ("data.events.rules[2].name") stands.
  void SetPlace(const std::string& field, Place place) { places_[field] = place; }
  bool Has(const std::string& field) const { return places_.contains(field); }

  // Places the problem at the field, or at the closest field around it that the file has.
  void Add(const std::string& field, const std::string& what);
  void AddAt(Place place, const std::string& field, const std::string& what);

  // Throws Error{kInvalidArgument} listing the problems in the order of the file, a line each, if there are any.
  void ThrowIfAny() const;

 private:
  struct Problem {
    Place place;
    std::string text;
  };
  Place PlaceOf(std::string field) const;

  std::string file_;
  std::map<std::string, Place> places_;
  std::vector<Problem> problems_;
};

}  // namespace shortlist::config
