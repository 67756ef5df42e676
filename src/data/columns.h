// Which columns of a source are read, and at which place of a row each one is.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace shortlist::data {

class Columns {
 public:
  // The place of the column, which is added if it is new.
  std::size_t Place(const std::string& name) {
    for (std::size_t place = 0; place < names_.size(); ++place) {
      if (names_[place] == name) return place;
    }
    names_.push_back(name);
    return names_.size() - 1;
  }

  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

}  // namespace shortlist::data
