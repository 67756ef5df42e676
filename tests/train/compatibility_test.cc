#include "train/compatibility.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::train {
namespace {

// What is said of default settings that were changed like this.
std::string Refusal(const std::function<void(Settings&)>& change, int ranks = 1) {
  Settings settings;
  change(settings);
  try {
    RequireCompatible(settings, ranks);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
  return "";
}

void ExpectRefused(const std::string& words, const std::function<void(Settings&)>& change, int ranks = 1) {
  const std::string refusal = Refusal(change, ranks);
  EXPECT_NE(refusal.find(words), std::string::npos) << "'" << refusal << "' does not say " << words;
}

TEST(Compatibility, TakesWhatFits) {
  EXPECT_EQ(Refusal([](Settings&) {}), "");
  EXPECT_EQ(Refusal(
                [](Settings& settings) {
                  settings.train.candidates = CandidateRule::kSampled;
                  settings.train.negatives.popular = 10;
                  settings.train.log_q_correction = LogQCorrection::kRefined;
                },
                4),
            "");
  EXPECT_EQ(Refusal([](Settings& settings) { settings.train.negatives.hard.per_example = 2; }), "");
}

TEST(Compatibility, RefusesWhatDoesNot) {
  ExpectRefused("time_coherent",
                [](Settings& settings) { settings.model.prior = {.kind = PriorKind::kRecentDemand, .learned = true}; });
  ExpectRefused("further_windows_days", [](Settings& settings) {
    settings.model.prior = {.kind = PriorKind::kRecentDemand, .further_windows_days = {7}};
  });
  ExpectRefused("model.prior.refit", [](Settings& settings) { settings.model.prior.refit.snapshots = 2; });
  ExpectRefused("catalog has every item", [](Settings& settings) {
    settings.train.candidates = CandidateRule::kCatalog;
    settings.train.negatives.uniform = 1;
  });
  ExpectRefused("train.negatives.uniform", [](Settings& settings) {  //
    settings.train.candidates = CandidateRule::kSampled;
  });
  ExpectRefused("mask_accidental_hits", [](Settings& settings) {
    settings.train.log_q_correction = LogQCorrection::kRefined;
    settings.train.mask_accidental_hits = false;
  });
  ExpectRefused("early_stop.metric", [](Settings& settings) { settings.train.early_stop.metric = "ndcg"; });
}

TEST(Compatibility, RefusesHardNegativesThatCannotBeFound) {
  const auto hard = [](Settings& settings) { settings.train.negatives.hard.per_example = 1; };
  ExpectRefused("one rank", hard, 2);
  ExpectRefused("first_rank", [&](Settings& settings) {
    hard(settings);
    settings.train.negatives.hard.first_rank = settings.train.negatives.hard.last_rank;
  });
  ExpectRefused("mask_accidental_hits", [&](Settings& settings) {
    hard(settings);
    settings.train.mask_accidental_hits = false;
  });
}

}  // namespace
}  // namespace shortlist::train
