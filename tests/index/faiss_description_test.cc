#include "index/faiss_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::index {
namespace {

TEST(FaissDescriptionTest, SaysVersionBuildFileAndThreads) {
  EXPECT_THAT(FaissDescription(), ::testing::MatchesRegex("Faiss [0-9]+\\.[0-9]+\\.[0-9]+, built [A-Z0-9 ]+, from .+, "
                                                          "OpenMP with up to [0-9]+ threads"));
}

}  // namespace
}  // namespace shortlist::index
