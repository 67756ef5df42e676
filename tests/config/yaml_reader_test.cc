#include "config/yaml_reader.h"

#include <cstddef>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::config {
namespace {

using ::testing::ElementsAre;

TEST(YamlReaderTest, WhatIsWrongKeepsItsDefault) {
  Problems problems("f.yaml");
  const Settings settings = ReadYaml("seed: x\nthreads: 3\nname: [a]\n", problems);
  EXPECT_EQ(settings.seed, Settings{}.seed);
  EXPECT_EQ(settings.threads, 3);
  EXPECT_EQ(settings.name, Settings{}.name);
  EXPECT_THROW(problems.ThrowIfAny(), Error);
}

TEST(YamlReaderTest, RemembersThePlacesOfFields) {
  Problems problems("f.yaml");
  ReadYaml("data:\n  events:\n    paths:\n      - a\n", problems);
  EXPECT_TRUE(problems.Has("data.events.paths[0]"));
  EXPECT_FALSE(problems.Has("model"));
}

TEST(YamlReaderTest, AnEmptySectionKeepsItsDefaults) {
  Problems problems("f.yaml");
  EXPECT_EQ(ReadYaml("model:\nseed: 4\n", problems).seed, 4);
  EXPECT_NO_THROW(problems.ThrowIfAny());
}

TEST(YamlReaderTest, AliasesAreFollowed) {
  Problems problems("f.yaml");
  const Settings settings = ReadYaml("model: {user_hidden: &h [4, 5], item_hidden: *h}\n", problems);
  EXPECT_NO_THROW(problems.ThrowIfAny());
  EXPECT_THAT(settings.model.item_hidden, ElementsAre(4, 5));
}

// Whatever the bytes are, the reader returns, and problems are an Error.
TEST(YamlReaderTest, DamagedTextNeverEscapesAsAnythingButAnError) {
  const std::string sound =
      "name: toys\nseed: 7\ndata:\n  events:\n    paths: [a.csv]\n    rules:\n      - {name: a, column: b}\n"
      "model: &m {dimension: 64, history: {pools: [{decay: 0.5}]}}\n";
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text = sound;
    for (int edit = 0; edit < 3; ++edit) text[random() % text.size()] = static_cast<char>(random() % 256);
    Problems problems("f.yaml");
    ReadYaml(text, problems);
    try {
      problems.ThrowIfAny();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace shortlist::config
