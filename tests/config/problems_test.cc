#include "config/problems.h"

#include <string>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::config {
namespace {

std::string Message(const Problems& problems) {
  try {
    problems.ThrowIfAny();
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(ProblemsTest, NoProblemsDoNotThrow) {
  EXPECT_EQ(Message(Problems("f.yaml")), "");
}

TEST(ProblemsTest, AProblemIsPlacedAtTheClosestKnownField) {
  Problems problems("f.yaml");
  problems.SetPlace("data", {1, 1});
  problems.SetPlace("data.rules[2]", {7, 5});
  problems.Add("data.rules[2].name", "missing");
  problems.Add("data.rules[1].name", "missing");
  problems.Add("model.dimension", "missing");
  EXPECT_EQ(Message(problems),
            "f.yaml: model.dimension: missing\n"
            "f.yaml:1:1: data.rules[1].name: missing\n"
            "f.yaml:7:5: data.rules[2].name: missing");
}

}  // namespace
}  // namespace shortlist::config
