#include "comm/rendezvous.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

TEST(RendezvousTest, OnePartyNeverWaits) {
  Rendezvous rendezvous(1);
  rendezvous.Arrive("test");
  rendezvous.Arrive("test");
}

TEST(RendezvousTest, WaitsForTheOther) {
  Rendezvous rendezvous(2);
  std::atomic<bool> arrived = false;
  std::thread other([&] {
    arrived = true;
    rendezvous.Arrive("test");
  });
  rendezvous.Arrive("test");
  EXPECT_TRUE(arrived);
  other.join();
}

TEST(RendezvousTest, LeavingEndsTheWaitWithAnError) {
  Rendezvous rendezvous(2);
  std::thread other([&] { rendezvous.Leave(); });
  try {
    rendezvous.Arrive("AllReduceSum");
    ADD_FAILURE() << "met nobody";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kAborted);
    EXPECT_STREQ(error.what(), "AllReduceSum: another rank has stopped; see its error");
  }
  other.join();
  EXPECT_THROW(rendezvous.Arrive("again"), Error);
}

TEST(RendezvousTest, LeavingAfterAMeetingDoesNotSpoilIt) {
  for (int round = 0; round < 200; ++round) {
    Rendezvous rendezvous(2);
    std::thread other([&] {
      rendezvous.Arrive("test");
      rendezvous.Leave();
    });
    EXPECT_NO_THROW(rendezvous.Arrive("test"));
    other.join();
  }
}

}  // namespace
}  // namespace shortlist::comm
