#include "comm/agreement.h"

#include <utility>

#include <gtest/gtest.h>

#include "comm/outcomes.h"

namespace shortlist::comm {
namespace {

std::vector<Outcome> OnThreads(int ranks, const std::function<void(Communicator&)>& body) {
  std::vector<std::unique_ptr<Communicator>> communicators = MakeThreadCommunicators(ranks);
  return OutcomesOf(ranks, [&](int rank) { body(*communicators[static_cast<std::size_t>(rank)]); });
}

TEST(AgreementTest, TextsOfAnyLengthAreGathered) {
  const std::vector<std::string> expected = {"", "rank 1", "the text of rank 2"};
  const auto outcomes = OnThreads(3, [&](Communicator& communicator) {
    EXPECT_EQ(GatherTexts(communicator, expected[static_cast<std::size_t>(communicator.rank())]), expected);
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

TEST(AgreementTest, EqualClaimsAreAgreed) {
  const auto outcomes = OnThreads(3, [](Communicator& communicator) {
    RequireAgreement(communicator, {{"seed", "1"}, {"train.batch_size", "1024"}});
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

TEST(AgreementTest, TheDifferenceIsNamedOnEveryRank) {
  const auto outcomes = OnThreads(3, [](Communicator& communicator) {
    const std::string size = communicator.rank() == 2 ? "512" : "1024";
    RequireAgreement(communicator, {{"seed", "1"}, {"train.batch_size", size}});
  });
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.code, Code::kFailedPrecondition);
    EXPECT_EQ(outcome.message.find("rank 2 on "), 0U) << outcome.message;
    EXPECT_NE(outcome.message.find(" about train.batch_size: 512 there, 1024 here; "), std::string::npos)
        << outcome.message;
  }
}

TEST(AgreementTest, AMissingClaimIsADifference) {
  const auto outcomes = OnThreads(2, [](Communicator& communicator) {
    std::vector<Claim> claims = {{"seed", "1"}};
    if (communicator.rank() == 0) claims.push_back({"dataset", "abc"});
    RequireAgreement(communicator, claims);
  });
  for (const Outcome& outcome : outcomes) {
    EXPECT_NE(outcome.message.find(" about dataset: not set there, abc here; "), std::string::npos) << outcome.message;
  }
}

}  // namespace
}  // namespace shortlist::comm
