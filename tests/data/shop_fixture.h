// A small shop with every kind of source.
#pragma once

#include <string>

#include "data/fixtures.h"

namespace shortlist::data {

// Ada buys lamp, cup, cup (again), rug; Bob cup, lamp; Cy, who did not consent, lamp. One delivery comes twice, one row
// is cancelled and one malformed. The first of two equal times stands in an earlier file.
class ShopTest : public ::testing::Test {
 protected:
  ShopTest() {
    folder_.Write("events-1.csv",
                  "id,user,item,at,kind,units,price,device\n"
                  "e1,ada,lamp,2024-01-01T10:00:00Z,buy,1,10,phone\n"
                  "e2,bob,cup,2024-01-01T11:00:00Z,view,1,3,desktop\n"
                  "e3,ada,cup,2024-01-02T10:00:00Z,buy,2,3,phone\n"
                  "e4,cy,lamp,2024-01-02T11:00:00Z,buy,1,10,phone\n"
                  "e1,ada,lamp,2024-01-01T10:00:00Z,buy,1,10,phone\n"
                  "e5,ada,cup,soon,buy,2,3,phone\n");
    folder_.Write("events-2.csv",
                  "id,user,item,at,kind,units,price,device\n"
                  "e6,ada,rug,2024-01-09T10:00:00Z,buy,1,,tablet\n"
                  "e7,ada,cup,2024-01-02T10:00:00Z,view,1,3,\n"
                  "e8,bob,lamp,2024-01-05T10:00:00Z,buy,1,10,phone\n"
                  "e9,bob,rug,2024-01-05T11:00:00Z,cancel,1,50,phone\n");
    folder_.Write("catalog.csv", "item,title,price,tags\nlamp,Red Lamp,10,light|red\nrug,Wool Rug,50,\nvase,Vase,5,\n");
    folder_.Write("consent.csv", "user,purposes\nada,training\nbob,personalization|training\ncy,personalization\n");
    EventSource& events = settings_.data.events;
    events.paths = {"events-*.csv"};
    events.columns = {"user", "item", "at", "kind", "", "units", "price", "id", "", {"device"}};
    events.rules = {{"cancelled", "kind", RuleOperator::kNotEquals, {"cancel"}}};
    settings_.data.catalog.paths = {"catalog.csv"};
    settings_.data.catalog.title = "title";
    settings_.data.catalog.price = "price";
    settings_.data.catalog.attributes = {"tags"};
    settings_.data.consent.paths = {"consent.csv"};
    settings_.data.max_bad_fraction = 0.1;
    settings_.data.split = {SplitRule::kTime, "2024-01-05", "2024-01-08", {}, 0};
    settings_.features.item = {{.name = "", .column = "tags", .transform = TransformKind::kVocabulary},
                               {.name = "log_price", .column = "price", .transform = TransformKind::kLog}};
    settings_.features.context = {{.name = "", .column = "device", .transform = TransformKind::kVocabulary},
                                  {.name = "hour", .column = "time", .transform = TransformKind::kHourOfDay}};
  }

  PrepareReport PrepareShop() { return Prepare(settings_, folder_.path(), Directory()); }
  std::filesystem::path Directory() const { return folder_.path() / "out" / "dataset"; }
  Dataset OpenShop() const { return Dataset::Open(Directory()); }

  TemporaryFolder folder_;
  Settings settings_;
};

}  // namespace shortlist::data
