// The functions of NCCL that Shortlist uses, bound when they are asked for, so that a machine with one GPU needs no
// libnccl.
#pragma once

#include <nccl.h>

namespace shortlist::cuda {

// Signatures are those of the header, so that a change of NCCL does not compile.
struct NcclFunctions {
  decltype(&ncclGetUniqueId) get_unique_id = nullptr;
  decltype(&ncclCommInitRankConfig) init_rank = nullptr;
  decltype(&ncclCommDestroy) destroy = nullptr;
  decltype(&ncclCommAbort) abort = nullptr;
  decltype(&ncclCommGetAsyncError) get_async_error = nullptr;
  decltype(&ncclGetErrorString) error_string = nullptr;
  decltype(&ncclGroupStart) group_start = nullptr;
  decltype(&ncclGroupEnd) group_end = nullptr;
  decltype(&ncclAllReduce) all_reduce = nullptr;
  decltype(&ncclAllGather) all_gather = nullptr;
  decltype(&ncclReduceScatter) reduce_scatter = nullptr;
  decltype(&ncclBroadcast) broadcast = nullptr;
  decltype(&ncclSend) send = nullptr;
  decltype(&ncclRecv) receive = nullptr;
};

// From libnccl.so.2, which stays open. Throws Error{kFailedPrecondition} saying what to install if it does not open or
// lacks a function.
NcclFunctions OpenNccl();

}  // namespace shortlist::cuda
