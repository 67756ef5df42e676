// The main of every test program. A failure in the set-up of a suite ends the program, because GoogleTest would report
// the suite's tests as skipped and ctest would take them for done.
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

namespace {

class SuiteSetUpGuard : public ::testing::EmptyTestEventListener {
  void OnTestStart(const ::testing::TestInfo& test) override {
    if (::testing::UnitTest::GetInstance()->current_test_suite()->ad_hoc_test_result().Failed()) {
      std::cerr << "the set-up of " << test.test_suite_name() << " failed" << std::endl;
      std::_Exit(EXIT_FAILURE);
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  ::testing::UnitTest::GetInstance()->listeners().Append(new SuiteSetUpGuard);
  return RUN_ALL_TESTS();
}
