// Whether shortlists mix categories as shoppers do: Steck, "Calibrated recommendations", RecSys 2018.
#pragma once

#include <string>
#include <vector>

#include "eval/evaluation_set.h"
#include "eval/item_categories.h"

namespace shortlist::eval {

// Shares by category, of what all shoppers bought (the targets) and of what they were shown. Items without a category
// are left out.
std::vector<double> BoughtShares(const ItemCategories& categories, const EvaluationSet& set);
std::vector<double> ShownShares(const ItemCategories& categories, const Rankings& rankings);

// Mean over shoppers of the Kullback-Leibler divergence, in natural logarithms, of the category shares of a shopper's
// history from those of the shortlist, of which one part in a hundred is taken from the history, so that it is finite.
double Miscalibration(const ItemCategories& categories, const EvaluationSet& set, const Rankings& rankings);

}  // namespace shortlist::eval
