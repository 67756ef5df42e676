#include "cuda/nccl_library.h"

#include <dlfcn.h>
#include <string>

#include "shortlist/error.h"

namespace shortlist::cuda {
namespace {

constexpr const char* kFile = "libnccl.so.2";

[[noreturn]] void ThrowMissing(const std::string& what) {
  throw Error(Code::kFailedPrecondition, "training on several GPUs needs NCCL: " + what +
                                             "; install libnccl2 of NVIDIA's repository, or train on "
                                             "one GPU");
}

template <class Function>
void Bind(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) ThrowMissing(std::string(kFile) + " is too old, it has no " + name);
}

}  // namespace

NcclFunctions OpenNccl() {
  void* const library = dlopen(kFile, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) ThrowMissing(dlerror());
  NcclFunctions functions;
  Bind(library, "ncclGetUniqueId", functions.get_unique_id);
  Bind(library, "ncclCommInitRankConfig", functions.init_rank);
  Bind(library, "ncclCommDestroy", functions.destroy);
  Bind(library, "ncclCommAbort", functions.abort);
  Bind(library, "ncclCommGetAsyncError", functions.get_async_error);
  Bind(library, "ncclGetErrorString", functions.error_string);
  Bind(library, "ncclGroupStart", functions.group_start);
  Bind(library, "ncclGroupEnd", functions.group_end);
  Bind(library, "ncclAllReduce", functions.all_reduce);
  Bind(library, "ncclAllGather", functions.all_gather);
  Bind(library, "ncclReduceScatter", functions.reduce_scatter);
  Bind(library, "ncclBroadcast", functions.broadcast);
  Bind(library, "ncclSend", functions.send);
  Bind(library, "ncclRecv", functions.receive);
  return functions;
}

}  // namespace shortlist::cuda
