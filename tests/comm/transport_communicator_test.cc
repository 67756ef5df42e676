#include <cstring>
#include <deque>
#include <map>

#include <gtest/gtest.h>

#include "comm/outcomes.h"
#include "comm/rendezvous.h"
#include "comm/transport.h"

namespace shortlist::comm {
namespace {

// Messages between threads: all have been put into the mailboxes before any is taken out.
struct Post {
  explicit Post(int ranks) : size(ranks), rendezvous(ranks) {}

  const int size;
  Rendezvous rendezvous;
  std::mutex mutex;
  std::map<std::pair<int, int>, std::string> boxes;  // by sender and receiver
};

class PostTransport final : public Transport {
 public:
  PostTransport(Post& post, int rank) : post_(post), rank_(rank) {}
  ~PostTransport() override { post_.rendezvous.Leave(); }
  PostTransport(const PostTransport&) = delete;
  PostTransport& operator=(const PostTransport&) = delete;

  int rank() const override { return rank_; }
  int size() const override { return post_.size; }
  void Exchange(std::string_view /*purpose*/, std::span<const Outgoing> send,
                std::span<const Incoming> receive) override {
    for (const Outgoing& message : send) {
      const std::lock_guard lock(post_.mutex);
      post_.boxes[{rank_, message.rank}].assign(static_cast<const char*>(message.data),
                                                static_cast<std::size_t>(message.bytes));
    }
    post_.rendezvous.Arrive("exchange");
    for (const Incoming& message : receive) {
      const std::lock_guard lock(post_.mutex);
      const std::string& box = post_.boxes[{message.rank, rank_}];
      ASSERT_EQ(static_cast<std::int64_t>(box.size()), message.bytes);
      std::memcpy(message.data, box.data(), box.size());
    }
    post_.rendezvous.Arrive("exchange");
  }

 private:
  Post& post_;
  int rank_;
};

std::vector<Outcome> RunRanks(int ranks, const std::function<void(Communicator&)>& body) {
  Post post(ranks);
  std::vector<std::unique_ptr<Communicator>> communicators;
  for (int rank = 0; rank < ranks; ++rank) {
    communicators.push_back(MakeTransportCommunicator(std::make_unique<PostTransport>(post, rank)));
  }
  return OutcomesOf(ranks, [&](int rank) {
    const std::unique_ptr<Communicator> mine = std::move(communicators[static_cast<std::size_t>(rank)]);
    body(*mine);
  });
}

// In this order each 4 is lost beside 1e8; in the other they are 8 together, which is not.
TEST(TransportCommunicatorTest, SumsAreInRankOrder) {
  const auto outcomes = RunRanks(3, [](Communicator& communicator) {
    const float addends[] = {1e8F, 4.0F, 4.0F};
    std::vector<float> values(6, addends[communicator.rank()]);
    std::vector<float> block(2);
    communicator.ReduceScatterSum(values.data(), 2, block.data());
    EXPECT_EQ(block, std::vector<float>(2, (1e8F + 4.0F) + 4.0F));
    communicator.AllReduceSum(values.data(), 6);
    EXPECT_EQ(values, std::vector<float>(6, (1e8F + 4.0F) + 4.0F));
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

// More floats than are summed at once.
TEST(TransportCommunicatorTest, LongSumsAreMadeInPieces) {
  constexpr std::int64_t kCount = (std::int64_t{1} << 21) + 3;
  const auto outcomes = RunRanks(2, [](Communicator& communicator) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < kCount; ++i) values.push_back(static_cast<float>(i + communicator.rank()));
    communicator.AllReduceSum(values.data(), kCount);
    for (std::int64_t i = 0; i < kCount; ++i) {
      ASSERT_EQ(values[static_cast<std::size_t>(i)], static_cast<float>(i) + static_cast<float>(i + 1));
    }
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

TEST(TransportCommunicatorTest, DisagreementIsReportedOnEveryRankAndLeavesThemUsable) {
  const auto outcomes = RunRanks(3, [](Communicator& communicator) {
    std::vector<float> values(10);
    try {
      communicator.AllReduceSum(values.data(), communicator.rank() == 1 ? 9 : 10);
      ADD_FAILURE() << "agreed";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kInvalidArgument);
      EXPECT_STREQ(error.what(),
                   "ranks disagree: AllReduceSum of 10 with root 0 on rank 0, AllReduceSum of 9 with root 0 on rank 1");
    }
    communicator.Barrier();
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

TEST(TransportCommunicatorTest, BlocksThatDoNotFitAreNamedOnBothRanks) {
  const auto outcomes = RunRanks(2, [](Communicator& communicator) {
    const std::vector<std::int64_t> send{0, communicator.rank() == 0 ? 8 : 0};
    const std::vector<std::int64_t> receive{4, 0};
    std::vector<char> bytes(16);
    communicator.AllToAll(bytes.data(), send, bytes.data() + 8, receive);
  });
  EXPECT_EQ(outcomes[0].message, "AllToAll: rank 0 sends 0 bytes to rank 0, which expects 4");
  EXPECT_EQ(outcomes[1].message, "AllToAll: rank 0 sends 8 bytes to rank 1, which expects 4");
}

}  // namespace
}  // namespace shortlist::comm
