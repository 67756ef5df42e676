#include "index/faiss_description.h"

#include <dlfcn.h>
#include <omp.h>
#include <sstream>

#include <faiss/Index.h>
#include <faiss/utils/distances.h>
#include <faiss/utils/utils.h>

namespace shortlist::index {
namespace {

std::string LoadedFrom() {
  Dl_info info{};
  const bool known = dladdr(reinterpret_cast<const void*>(&faiss::fvec_norm_L2sqr), &info) != 0;
  return known && info.dli_fname != nullptr ? info.dli_fname : "an unknown file";
}

}  // namespace

std::string FaissDescription() {
  std::string options = faiss::get_compile_options();
  while (!options.empty() && options.back() == ' ') options.pop_back();
  std::ostringstream text;
  text << "Faiss " << FAISS_VERSION_MAJOR << '.' << FAISS_VERSION_MINOR << '.' << FAISS_VERSION_PATCH << ", built "
       << options << ", from " << LoadedFrom() << ", OpenMP with up to " << omp_get_max_threads() << " threads";
  return text.str();
}

}  // namespace shortlist::index
