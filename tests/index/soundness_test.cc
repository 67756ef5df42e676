#include "index/soundness.h"

#include <vector>

#include <faiss/IndexFlat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::index {
namespace {

class SoundnessTest : public ::testing::Test {
 protected:
  SoundnessTest() { index_.add(2, std::vector<float>(6, 1.0F).data()); }

  faiss::IndexFlatIP index_{3};
};

std::string Complaint(const faiss::Index& index, VectorShape shape) {
  try {
    RequireShape(index, shape);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kDataLoss);
    return error.what();
  }
  return "";
}

TEST_F(SoundnessTest, SaysWhatIsOtherThanExpected) {
  EXPECT_EQ(Complaint(index_, {2, 3}), "");
  EXPECT_THAT(Complaint(index_, {3, 3}), ::testing::HasSubstr("number of vectors"));
  EXPECT_THAT(Complaint(index_, {2, 2}), ::testing::HasSubstr("width"));
  EXPECT_THAT(Complaint(faiss::IndexFlatL2(3), {0, 3}), ::testing::HasSubstr("metric"));
  index_.is_trained = false;
  EXPECT_THAT(Complaint(index_, {2, 3}), ::testing::HasSubstr("trained"));
}

TEST_F(SoundnessTest, FindsATableThatIsCutOff) {
  EXPECT_NO_THROW(RequireFlat(index_, {2, 3}));
  EXPECT_THROW(RequireFlat(index_, {3, 2}), Error);
  index_.codes.resize(20);
  EXPECT_THROW(RequireFlat(index_, {2, 3}), Error);
}

}  // namespace
}  // namespace shortlist::index
