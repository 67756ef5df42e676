// From Arrow's statuses to Error. Only for sources that use Arrow.
#pragma once

#include <string>
#include <utility>

#include <arrow/result.h>
#include <arrow/status.h>

#include "shortlist/error.h"

namespace shortlist::data {

// `where` is usually the file.
inline void CheckArrow(const arrow::Status& status, const std::string& where) {
  if (status.ok()) return;
  const Code code = status.IsOutOfMemory() ? Code::kResourceExhausted : Code::kInvalidArgument;
  throw Error(code, where + ": " + status.message());
}

template <class T>
T ArrowValue(arrow::Result<T> result, const std::string& where) {
  CheckArrow(result.status(), where);
  return std::move(result).ValueUnsafe();
}

}  // namespace shortlist::data
