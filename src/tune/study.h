// A search on disk: what was tried, so that it can be stopped, killed and continued.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tune/trial.h"

namespace shortlist::tune {

struct Study {
  std::string fingerprint;  // of everything that the search depends on
  std::vector<Trial> trials;
  std::int64_t draws = 0;  // from the search space, those that had been tried before included

  double Seconds() const;  // that all trials took
  // The trial with the best metric, the first of equals. Throws Error{kFailedPrecondition} with the first failure if
  // none has a metric.
  const Trial& Best() const;
};

// Atomic; the file is sealed with its digest.
void SaveStudy(const Study& study, const std::filesystem::path& file);

// Throws Error{kNotFound} if there is none, Error{kDataLoss} if it is damaged.
Study LoadStudy(const std::filesystem::path& file);

}  // namespace shortlist::tune
