#include "index/openmp_threads.h"

#include <omp.h>

namespace shortlist::index {

OpenMpThreads::OpenMpThreads(int threads) : before_(omp_get_max_threads()) {
  omp_set_num_threads(threads > 0 ? threads : omp_get_num_procs());
}

OpenMpThreads::~OpenMpThreads() {
  omp_set_num_threads(before_);
}

}  // namespace shortlist::index
