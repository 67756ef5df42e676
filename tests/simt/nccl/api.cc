// The C functions of NCCL.
#include <atomic>
#include <cstring>
#include <nccl.h>
#include <optional>
#include <vector>

#include "simt/nccl/world.h"
#include "simt/runtime/submit.h"

namespace shortlist::simt {
namespace {

Member& Of(ncclComm_t communicator) {
  return *reinterpret_cast<Member*>(communicator);
}

// What a thread has called between ncclGroupStart and ncclGroupEnd: of one communicator, on one stream.
struct Group {
  int depth = 0;
  std::vector<Collective> collectives;
  Member* member = nullptr;
  cudaStream_t stream = nullptr;
};
thread_local Group t_group;

bool OperandsExist(const Collective& collective, int ranks) {
  return CheckDeviceRange(collective.send, collective.SendBytes(ranks), "what NCCL sends") &&
         CheckDeviceRange(collective.receive, collective.ReceiveBytes(ranks), "what NCCL receives");
}

ncclResult_t Queue() {
  Group group;
  std::swap(group, t_group);
  if (group.collectives.empty()) return ncclSuccess;
  Member& member = *group.member;
  const cudaError_t status =
      Submit(group.stream, {OperationKind::kLibrary, nullptr,
                            [&member, collectives = std::move(group.collectives)] { member.Run(collectives); }});
  if (status != cudaSuccess) return ncclUnhandledCudaError;
  return member.blocking ? ncclSuccess : ncclInProgress;
}

ncclResult_t Add(const Collective& collective, ncclComm_t communicator, cudaStream_t stream) {
  Member& member = Of(communicator);
  if (!OperandsExist(collective, member.size())) return ncclInvalidArgument;
  t_group.collectives.push_back(collective);
  t_group.member = &member;
  t_group.stream = stream;
  return t_group.depth == 0 ? Queue() : ncclSuccess;
}

}  // namespace
}  // namespace shortlist::simt

using namespace shortlist::simt;  // NOLINT(google-build-using-namespace): defines the C functions of the library.

ncclResult_t ncclGetUniqueId(ncclUniqueId* id) {
  static std::atomic<std::uint64_t> next = 1;
  const std::uint64_t key = next++;
  std::memset(id, 0, sizeof(*id));
  std::memcpy(id, &key, sizeof(key));
  return ncclSuccess;
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t* communicator, int size, ncclUniqueId id, int rank,
                                    ncclConfig_t* config) {
  std::uint64_t key = 0;
  std::memcpy(&key, &id, sizeof(key));
  auto* const member = new Member(key, rank, size);
  member->blocking = config->blocking != 0;
  *communicator = reinterpret_cast<ncclComm_t>(member);
  return member->blocking ? ncclInvalidUsage : ncclInProgress;  // only what does not block is simulated
}

ncclResult_t ncclCommDestroy(ncclComm_t communicator) {
  delete &Of(communicator);
  return ncclSuccess;
}

// The member stays, because a stream may still hold operations of it; a process ends soon after.
ncclResult_t ncclCommAbort(ncclComm_t communicator) {
  Of(communicator).Abort();
  return ncclSuccess;
}

ncclResult_t ncclCommGetAsyncError(ncclComm_t communicator, ncclResult_t* error) {
  const Member& member = Of(communicator);
  *error = member.error();
  if (*error == ncclSuccess && !member.joined()) *error = ncclInProgress;
  return ncclSuccess;
}

const char* ncclGetErrorString(ncclResult_t result) {
  return result == ncclRemoteError ? "remote process exited or there was a network error" : "simulated NCCL error";
}

ncclResult_t ncclGroupStart() {
  ++t_group.depth;
  return ncclSuccess;
}

ncclResult_t ncclGroupEnd() {
  return --t_group.depth == 0 ? Queue() : ncclSuccess;
}

ncclResult_t ncclAllReduce(const void* send, void* receive, std::size_t count, ncclDataType_t type,
                           ncclRedOp_t reduction, ncclComm_t communicator, cudaStream_t stream) {
  return Add({CollectiveKind::kAllReduce, send, receive, count, type, reduction}, communicator, stream);
}

ncclResult_t ncclAllGather(const void* send, void* receive, std::size_t count, ncclDataType_t type,
                           ncclComm_t communicator, cudaStream_t stream) {
  return Add({CollectiveKind::kAllGather, send, receive, count, type}, communicator, stream);
}

ncclResult_t ncclReduceScatter(const void* send, void* receive, std::size_t count, ncclDataType_t type,
                               ncclRedOp_t reduction, ncclComm_t communicator, cudaStream_t stream) {
  return Add({CollectiveKind::kReduceScatter, send, receive, count, type, reduction}, communicator, stream);
}

ncclResult_t ncclBroadcast(const void* send, void* receive, std::size_t count, ncclDataType_t type, int root,
                           ncclComm_t communicator, cudaStream_t stream) {
  return Add({CollectiveKind::kBroadcast, send, receive, count, type, ncclSum, root}, communicator, stream);
}

ncclResult_t ncclSend(const void* send, std::size_t count, ncclDataType_t type, int peer, ncclComm_t communicator,
                      cudaStream_t stream) {
  return Add({CollectiveKind::kSend, send, nullptr, count, type, ncclSum, peer}, communicator, stream);
}

ncclResult_t ncclRecv(void* receive, std::size_t count, ncclDataType_t type, int peer, ncclComm_t communicator,
                      cudaStream_t stream) {
  return Add({CollectiveKind::kReceive, nullptr, receive, count, type, ncclSum, peer}, communicator, stream);
}
