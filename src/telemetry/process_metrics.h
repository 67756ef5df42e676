// What the operating system knows of this process, under the names that Prometheus's clients agree on.
#pragma once

#include <memory>

namespace prometheus {
class Collectable;
}

namespace shortlist::telemetry {

// Read from /proc/self each time the metrics are.
std::shared_ptr<prometheus::Collectable> CollectProcess();

}  // namespace shortlist::telemetry
