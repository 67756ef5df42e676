#include "profile/event.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using ::testing::HasSubstr;

Event FullEvent() {
  Event event = MadeEvent("e-1", "ann", "mug", -5, EventKind::kPurchase);
  event.quantity = 2;
  event.price = 8.25;
  event.dwell_seconds = std::numeric_limits<double>::denorm_min();
  event.query = std::string("q\0q", 3);
  event.device = "phone";
  event.channel = "app";
  event.locale = "de-AT";
  event.request = "r-1";
  return event;
}

std::string ProblemOf(const Event& event) {
  const auto problem = FindProblem(event, "events[3]");
  return problem ? problem->what() : "";
}

TEST(EventTest, ComesBackFromItsBytes) {
  EXPECT_EQ(EntryFrom(ToBytes(FullEvent())), Entry(FullEvent()));
  const ConsentChange change = MadeConsent("ann", 9, std::int64_t{1} << 40);
  EXPECT_EQ(EntryFrom(ToBytes(change)), Entry(change));
}

TEST(EventTest, AnIdentificationComesBackFromItsBytes) {
  for (const Identification& found :
       {Identification{"ann", "v", std::nullopt}, Identification{"ann", "v", MadeConsent("v", 3, 5).consent}}) {
    EXPECT_EQ(EntryFrom(ToBytes(found)), Entry(found));
  }
  EXPECT_TRUE(FindProblem(Identification{"ann", "", std::nullopt}));
  EXPECT_TRUE(FindProblem(Identification{"", "v", std::nullopt}));
}

TEST(EventTest, WhatAnotherServerWasToldComesBackFromItsBytes) {
  const Origin origin{"server", 300};
  for (const Entry& entry : {Entry(Erasure{"ann", {"v", "w"}, origin}), Entry(Erasure{"ann", {}, origin}),
                             Entry(Identification{"ann", "v", std::nullopt, origin})}) {
    EXPECT_EQ(EntryFrom(ToBytes(entry)), entry);
    EXPECT_EQ(*OriginOf(EntryFrom(ToBytes(entry))), origin);
  }
  for (const Entry& entry : {Entry(FullEvent()), Entry(Erasure{"ann"})}) EXPECT_EQ(OriginOf(entry), nullptr);
}

TEST(EventTest, BytesThatEndEarlyAreRefused) {
  Event first_kind = FullEvent();
  first_kind.request.clear();
  const std::size_t end_of_first_kind = ToBytes(first_kind).size() - 1;
  for (const Entry& entry : {Entry(FullEvent()), Entry(MadeConsent("ann", 9, 7))}) {
    const std::string bytes = ToBytes(entry);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      if (std::holds_alternative<Event>(entry) && length == end_of_first_kind) continue;
      EXPECT_THROW(EntryFrom(bytes.substr(0, length)), Error) << length;
    }
  }
  EXPECT_THROW(EntryFrom("\x07rest"), Error);
}

TEST(EventTest, IsReadFromTheFirstLogsWithoutItsRequest) {
  Event event = FullEvent();
  event.request.clear();
  const std::string bytes = ToBytes(event);
  EXPECT_EQ(EntryFrom(bytes.substr(0, bytes.size() - 1)), Entry(event));
}

TEST(EventTest, SaysWhatIsWrongWithIt) {
  EXPECT_EQ(ProblemOf(MadeEvent("e", "ann", "mug", 1)), "");
  EXPECT_THAT(ProblemOf(MadeEvent("", "ann", "mug", 1)), HasSubstr("events[3].event_id is empty"));
  EXPECT_THAT(ProblemOf(MadeEvent("e", "", "mug", 1)), HasSubstr("user_id is empty"));
  EXPECT_THAT(ProblemOf(MadeEvent("e", "ann", "", 1)), HasSubstr("item_id is empty"));
  EXPECT_THAT(ProblemOf(MadeEvent("e", std::string(513, 'x'), "mug", 1)), HasSubstr("user_id has 513 bytes"));
  EXPECT_THAT(ProblemOf(MadeEvent("e", "ann", "mug", -1)), HasSubstr("time is negative"));
  EXPECT_THAT(ProblemOf(MadeEvent("e", "ann", "", 1, EventKind::kSearch)), HasSubstr("query is empty"));
  Event priced = FullEvent();
  priced.time = 1;
  priced.price = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(ProblemOf(priced), HasSubstr("price is not a finite number"));
}

}  // namespace
}  // namespace shortlist::profile
