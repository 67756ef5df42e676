#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/config.h"

namespace shortlist::config {
namespace {

using Json = nlohmann::json;

TEST(JsonSchemaTest, DescribesEveryKindOfField) {
  const Json properties = Json::parse(JsonSchema())["properties"];
  const Json& model = properties["model"];
  EXPECT_EQ(model["type"], "object");
  EXPECT_EQ(model["additionalProperties"], false);
  const Json dimension = model["properties"]["dimension"];
  EXPECT_EQ(dimension["type"], "integer");
  EXPECT_EQ(dimension["default"], 64);
  EXPECT_EQ(dimension["minimum"], 2);
  EXPECT_EQ(dimension["maximum"], 65536);
  EXPECT_EQ(dimension["description"], "Width of the embeddings of two_tower.");
  EXPECT_EQ(model["properties"]["temperature"]["type"], "number");
  EXPECT_EQ(model["properties"]["similarity"]["enum"], Json::parse(R"(["cosine", "dot"])"));
  EXPECT_EQ(model["properties"]["similarity"]["default"], "cosine");
  EXPECT_EQ(model["properties"]["learn_temperature"]["type"], "boolean");
  EXPECT_EQ(properties["name"]["type"], "string");
}

TEST(JsonSchemaTest, AListOfOneMayStandAlone) {
  const Json k = Json::parse(JsonSchema())["properties"]["evaluate"]["properties"]["k"];
  EXPECT_EQ(k["default"], Json::parse("[10, 20]"));
  EXPECT_EQ(k["anyOf"][0]["type"], "array");
  EXPECT_EQ(k["anyOf"][0]["items"]["type"], "integer");
  EXPECT_EQ(k["anyOf"][1]["type"], "integer");
}

TEST(JsonSchemaTest, AListOfSectionsHasObjects) {
  const Json history = Json::parse(JsonSchema())["properties"]["model"]["properties"]["history"];
  const Json pools = history["properties"]["pools"];
  EXPECT_EQ(pools["type"], "array");
  EXPECT_EQ(pools["items"]["properties"]["decay"]["default"], 0.6);
}

}  // namespace
}  // namespace shortlist::config
