#include "simt/traffic/measured_operation.h"

namespace shortlist::simt {

Traffic MeasuredOperation::traffic() const {
  Traffic total;
  for (const KernelTraffic& kernel : kernels) total += kernel.traffic;
  return total;
}

}  // namespace shortlist::simt
