#include "tensor/backend.h"

namespace shortlist::tensor {

std::int64_t StateWidth(OptimizerKind kind, std::int64_t columns) {
  switch (kind) {
    case OptimizerKind::kSgd:
      return 0;
    case OptimizerKind::kRowwiseAdagrad:
      return 1;
    case OptimizerKind::kAdagrad:
      return columns;
    case OptimizerKind::kAdam:
      return 2 * columns + 1;
  }
  return 0;
}

}  // namespace shortlist::tensor
