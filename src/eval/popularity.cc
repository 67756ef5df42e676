#include "eval/popularity.h"

#include <utility>

namespace shortlist::eval {

PopularityRecommender::PopularityRecommender(std::string name, std::vector<std::int32_t> order, base::ThreadPool& pool)
    : BaselineRecommender(std::move(order), pool), name_(std::move(name)) {}

void PopularityRecommender::Score(const Query& /*query*/, ScoreBoard& /*board*/) const {}

}  // namespace shortlist::eval
