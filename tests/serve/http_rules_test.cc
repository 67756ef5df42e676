#include <set>
#include <string>

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "google/api/annotations.pb.h"
#include "shortlist/v1/retrieval.pb.h"

namespace shortlist::serve {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

const ServiceDescriptor& Service() {
  return *v1::RecommendRequest::descriptor()->file()->FindServiceByName("Retrieval");
}

const google::api::HttpRule& RuleOf(const MethodDescriptor& method) {
  return method.options().GetExtension(google::api::http);
}

std::string PathOf(const google::api::HttpRule& rule) {
  return rule.get() + rule.post();
}

std::string FieldInPath(const std::string& path) {
  const std::size_t open = path.find('{');
  return open == std::string::npos ? "" : path.substr(open + 1, path.find('}') - open - 1);
}

// A gateway can carry only these in a query string.
bool FitsQueryString(const Descriptor& message) {
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return false;
  }
  return true;
}

TEST(HttpRulesTest, EveryCallHasAPathOfItsOwn) {
  std::set<std::string> paths;
  for (int i = 0; i < Service().method_count(); ++i) {
    const std::string path = PathOf(RuleOf(*Service().method(i)));
    EXPECT_EQ(path.rfind("/v1/", 0), 0U) << Service().method(i)->full_name() << ": " << path;
    EXPECT_TRUE(paths.insert(path).second) << path;
  }
}

TEST(HttpRulesTest, EveryFieldOfARequestHasAPlaceInItsHttpForm) {
  for (int i = 0; i < Service().method_count(); ++i) {
    const MethodDescriptor& method = *Service().method(i);
    const google::api::HttpRule& rule = RuleOf(method);
    EXPECT_TRUE(rule.body() == "*" || FitsQueryString(*method.input_type())) << method.full_name();
    const std::string field = FieldInPath(PathOf(rule));
    EXPECT_TRUE(field.empty() || method.input_type()->FindFieldByName(field) != nullptr) << method.full_name();
  }
}

}  // namespace
}  // namespace shortlist::serve
