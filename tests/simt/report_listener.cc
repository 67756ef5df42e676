// Fails each test that leaves a report of the runtime behind, and gives the next one a machine without faults.
#include <gtest/gtest.h>

#include "simt/runtime/machine.h"

namespace shortlist::simt {
namespace {

class ReportListener : public ::testing::EmptyTestEventListener {
  void OnTestEnd(const ::testing::TestInfo& /*test*/) override {
    for (const std::string& report : TheMachine().reports().Take()) ADD_FAILURE() << report;
  }
};

const bool kListens = [] {
  ::testing::UnitTest::GetInstance()->listeners().Append(new ReportListener);
  return true;
}();

}  // namespace
}  // namespace shortlist::simt
