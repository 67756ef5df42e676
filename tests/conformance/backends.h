// The backends that the conformance tables run against. Each program that runs them links one definition of Backends.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "tensor/backend.h"

namespace shortlist::conformance {

struct BackendRow {
  std::string name;  // letters, digits and underscores
  std::function<std::shared_ptr<tensor::Backend>()> make;
};

inline std::ostream& operator<<(std::ostream& stream, const BackendRow& row) {
  return stream << row.name;
}

std::vector<BackendRow> Backends();

// A test over every backend and every case of a table; a case has a `name`.
template <class Case>
class ConformanceTest : public ::testing::TestWithParam<std::tuple<BackendRow, Case>> {
 protected:
  tensor::Backend& backend() { return *backend_; }
  const Case& table_case() const { return std::get<1>(this->GetParam()); }

 private:
  std::shared_ptr<tensor::Backend> backend_ = std::get<0>(this->GetParam()).make();
};

template <class Case>
auto EveryBackendWith(std::vector<Case> cases) {
  return ::testing::Combine(::testing::ValuesIn(Backends()), ::testing::ValuesIn(std::move(cases)));
}

template <class Case>
std::string NameOf(const ::testing::TestParamInfo<std::tuple<BackendRow, Case>>& info) {
  return std::get<0>(info.param).name + "_" + std::get<1>(info.param).name;
}

}  // namespace shortlist::conformance
