#include "config/checks.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"
#include "shortlist/error.h"

namespace shortlist::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Verdict(const std::string& text) {
  try {
    ParseSettings(text, "c.yaml");
    return "valid";
  } catch (const Error& error) {
    return error.what();
  }
}

// A data section that is valid as it stands; `more` continues it.
std::string Data(const std::string& more) {
  return "data:\n  events:\n    paths: events.csv\n    columns: {time: at, context: [device]}\n" + more;
}

TEST(ChecksTest, ASoundFileIsValid) {
  EXPECT_EQ(Verdict(Data("")), "valid");
  EXPECT_EQ(Verdict("serve: {address: '[::1]:0'}"), "valid");
}

TEST(ChecksTest, ADeviceIsOneThatCanExist) {
  EXPECT_EQ(Verdict("device: cuda:1"), "valid");
  EXPECT_EQ(Verdict("device: gpu"), "c.yaml:1:1: device: 'gpu' is none of auto, cpu, cuda:0, cuda:1 and so on");
}

TEST(ChecksTest, PathsAreNeeded) {
  EXPECT_EQ(Verdict("data:\n  events:\n    format: csv\n"), "c.yaml:2:3: data.events.paths: needs at least one path");
  EXPECT_THAT(Verdict("data: {events: {paths: ['']}}"), HasSubstr("data.events.paths[0]: must not be empty"));
}

TEST(ChecksTest, ATimeSplitNeedsTimesAndTwoDatesInOrder) {
  const std::string split = "  split: {rule: time, validation_start: 2011-09-17, test_start: 2011-10-15}\n";
  EXPECT_EQ(Verdict(Data(split)), "valid");
  EXPECT_THAT(Verdict("data:\n  events: {paths: [a]}\n" + split),
              HasSubstr("c.yaml:3:11: data.split.rule: needs data.events.columns.time"));
  EXPECT_THAT(Verdict(Data("  split: {rule: time, test_start: 2011-10-15}\n")),
              HasSubstr("data.split.validation_start: expected a date YYYY-MM-DD, found ''"));
  EXPECT_THAT(Verdict(Data("  split: {rule: time, validation_start: 2011-02-29, test_start: 2011-10-15}\n")),
              HasSubstr("found '2011-02-29'"));
  EXPECT_THAT(Verdict(Data("  split: {rule: time, validation_start: 2011-10-15, test_start: 2011-10-15}\n")),
              HasSubstr("must lie before test_start"));
}

TEST(ChecksTest, ATimeSplitHasDatesOrDays) {
  EXPECT_EQ(Verdict(Data("  split: {rule: time, validation_days: 1, test_days: 2}\n")), "valid");
  EXPECT_THAT(Verdict(Data("  split: {rule: time, test_start: 2011-10-15, test_days: 2}\n")),
              HasSubstr("data.split.test_days: stands in the place of validation_start and test_start"));
  EXPECT_THAT(Verdict(Data("  split: {rule: time, validation_days: 1}\n")),
              HasSubstr("data.split.validation_days: needs data.split.test_days"));
}

TEST(ChecksTest, ASplitByFilesNeedsThem) {
  EXPECT_THAT(Verdict(Data("  split: {rule: files}\n")), HasSubstr("data.split.test_paths: needs at least one path"));
}

TEST(ChecksTest, RulesHaveNamesColumnsAndTheRightOperand) {
  const auto rule = [](const std::string& text) { return Verdict(Data("    rules:\n      - {" + text + "}\n")); };
  EXPECT_EQ(rule("name: a, column: b"), "valid");
  EXPECT_EQ(rule("name: a, column: b, is: in, value: [c, d]"), "valid");
  EXPECT_EQ(rule("name: a, column: b, is: greater, value: -1.5"), "valid");
  EXPECT_EQ(rule("name: a, column: b, is: matches, value: '[0-9]+'"), "valid");
  EXPECT_THAT(rule("column: b"), HasSubstr("data.events.rules[0].name: must not be empty"));
  EXPECT_THAT(rule("name: a"), HasSubstr("data.events.rules[0].column: must not be empty"));
  EXPECT_THAT(rule("name: a, column: b, value: c"), HasSubstr("not_empty takes no value"));
  EXPECT_THAT(rule("name: a, column: b, is: in"), HasSubstr("in needs at least one value"));
  EXPECT_THAT(rule("name: a, column: b, is: equals, value: [c, d]"), HasSubstr("exactly one value, found 2"));
  EXPECT_THAT(rule("name: a, column: b, is: less, value: many"), HasSubstr("less needs a number, found 'many'"));
  EXPECT_THAT(rule("name: a, column: b, is: matches, value: '['"), HasSubstr("'[' is not a regular expression"));
  EXPECT_THAT(rule("name: a, column: b}\n      - {name: a, column: c"), HasSubstr("'a' stands in the list a second"));
}

TEST(ChecksTest, RulesOfTheCatalogAreCheckedToo) {
  EXPECT_THAT(Verdict(Data("  catalog: {rules: [{name: a, column: b, is: in}]}\n")),
              HasSubstr("data.catalog.rules[0].value: in needs at least one value"));
}

TEST(ChecksTest, DeduplicationByDayNeedsTimes) {
  EXPECT_THAT(Verdict("data: {events: {paths: a, deduplicate: user_item_day}}"),
              HasSubstr("data.events.deduplicate: needs data.events.columns.time"));
}

TEST(ChecksTest, DelimitersAreOneCharacter) {
  EXPECT_THAT(Verdict(Data("    delimiter: ';;'\n")), HasSubstr("must be one character, found ';;'"));
}

TEST(ChecksTest, FeaturesReadColumnsThatExist) {
  EXPECT_EQ(Verdict(Data("features: {context: [{column: device}, {column: time, transform: hour_of_day}]}\n")),
            "valid");
  EXPECT_THAT(Verdict(Data("features: {context: [{column: devise}]}\n")),
              HasSubstr("features.context[0].column: unknown column 'devise'; did you mean 'device'?"));
  EXPECT_THAT(Verdict(Data("features: {item: [{column: title}]}\n")), HasSubstr("needs a catalog with a title"));
  EXPECT_THAT(Verdict("features: {item: [{name: a}]}"), HasSubstr("features.item[0].column: must not be empty"));
  EXPECT_THAT(Verdict(Data("features: {context: [{column: device}, {column: device}]}\n")),
              HasSubstr("features.context[1]: 'device' stands in the list a second time"));
}

TEST(ChecksTest, TimesAreNeededWhereTheModelReadsThem) {
  const std::string data = "data: {events: {paths: a}}\n";
  EXPECT_THAT(Verdict(data + "model: {history: {pools: [{weighting: time_decay}]}}"),
              HasSubstr("model.history.pools[0].weighting: needs data.events.columns.time"));
  EXPECT_THAT(Verdict(data + "model: {prior: {kind: recent_demand}}"), HasSubstr("model.prior.kind: needs"));
  EXPECT_THAT(Verdict(data + "train: {batch_order: time_coherent}"), HasSubstr("train.batch_order: needs"));
}

TEST(ChecksTest, ListsThatMustNotBeEmpty) {
  EXPECT_THAT(Verdict("model: {history: {pools: []}}"), HasSubstr("needs at least one pool"));
  const std::string heads = "model: {dimension: 64, history: {encoder: {heads: 3, kind: ";
  EXPECT_THAT(Verdict(heads + "transformer}}}"),
              HasSubstr("model.history.encoder.heads: 3 heads do not divide model.dimension, 64"));
  EXPECT_THAT(Verdict(heads + "gru}}}"), Not(HasSubstr("heads")));
  EXPECT_THAT(Verdict("evaluate: {k: []}"), HasSubstr("evaluate.k: needs at least one length"));
  EXPECT_THAT(Verdict("evaluate: {seen: []}"), HasSubstr("evaluate.seen: needs at least one"));
}

TEST(ChecksTest, ModelsThatAreSolvedForHaveNoTermsOfOwnItems) {
  EXPECT_EQ(Verdict("model: {kind: ease}"), "valid");
  EXPECT_THAT(Verdict("model: {kind: ease, repeat: {kind: own_purchases}}"),
              HasSubstr("model.repeat.kind: needs model.kind: two_tower, and it is ease"));
}

TEST(ChecksTest, TheMetricOfEarlyStoppingIsNameAtK) {
  EXPECT_EQ(Verdict("train: {early_stop: {metric: hit_rate@20}}"), "valid");
  for (const std::string metric : {"ndcg", "ndcg@", "ndcg@0", "ndcg@ten", "precision@10", "@10", "ndcg@10001"}) {
    EXPECT_THAT(Verdict("train: {early_stop: {metric: '" + metric + "'}}"), HasSubstr("found '" + metric + "'"));
  }
}

TEST(ChecksTest, TunedSettingsAreThoseOfModelAndTraining) {
  const auto tune = [](const std::string& range) { return Verdict("tune: {ranges: [{" + range + "}]}"); };
  EXPECT_EQ(tune("setting: model.dropout, values: [0.1, 0.2]"), "valid");
  EXPECT_EQ(tune("setting: train.optimizer.dense_rate, least: 0.001, most: 0.1, scale: log"), "valid");
  EXPECT_THAT(tune("setting: data.split.rule, values: [none]"),
              HasSubstr("tune.ranges[0].setting: expected a setting of model or train, found 'data.split.rule'"));
  EXPECT_THAT(tune("setting: train.early_stop.metric, values: [recall@1]"), HasSubstr("is not among those"));
  EXPECT_THAT(tune("setting: model.dropout"), HasSubstr("tune.ranges[0]: needs values, or least below most"));
  EXPECT_THAT(tune("setting: model.dropout, most: 0.5, scale: log"), HasSubstr("least: must lie above 0"));
  EXPECT_THAT(tune("setting: model.dropout, most: 0.5}, {setting: model.dropout, most: 0.4"),
              HasSubstr("a second time"));
}

TEST(ChecksTest, TheAddressIsHostAndPort) {
  for (const std::string address : {"localhost", ":80", "host:", "host:65536", "host:x", "host:-1"}) {
    EXPECT_THAT(Verdict("serve: {address: '" + address + "'}"), HasSubstr("expected host:port"));
  }
}

}  // namespace
}  // namespace shortlist::config
