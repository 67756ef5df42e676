#include "cuda/nccl_communicator.h"

#include <exception>
#include <functional>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>

#include "cuda/check.h"
#include "cuda/collective_watch.h"
#include "shortlist/error.h"

namespace shortlist::cuda {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kPause = std::chrono::microseconds(50);

std::size_t Size(std::int64_t count) {
  return static_cast<std::size_t>(count);
}

// One NCCL communicator, made without blocking, so that waiting for a rank that does not come has an end.
class NcclHandle {
 public:
  NcclHandle(const NcclFunctions& nccl, const ncclUniqueId& id, int rank, int size, milliseconds timeout)
      : nccl_(nccl), timeout_(timeout) {
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = 0;
    const std::string problem = Settle(nccl_.init_rank(&handle_, size, id, rank, &config));
    if (problem.empty()) return;
    if (handle_ != nullptr) Abort();
    throw Error(Code::kUnavailable, "the ranks cannot join over NCCL: " + problem);
  }
  ~NcclHandle() {
    if (aborted_) return;
    if (std::uncaught_exceptions() > exceptions_) {
      nccl_.abort(handle_);
    } else {
      nccl_.destroy(handle_);
    }
  }
  NcclHandle(const NcclHandle&) = delete;
  NcclHandle& operator=(const NcclHandle&) = delete;

  ncclComm_t get() const { return handle_; }

  // Waits until NCCL has taken a call in, and says what is wrong with it; empty for nothing.
  std::string Settle(ncclResult_t result) {
    const auto deadline = steady_clock::now() + timeout_;
    while (result == ncclInProgress) {
      if (steady_clock::now() > deadline) {
        return "the other ranks did not come within " + std::to_string(timeout_.count() / 1000) + " s";
      }
      std::this_thread::sleep_for(kPause);
      result = AsyncError();
    }
    return result == ncclSuccess ? std::string() : WordsOf(result);
  }

  // Empty for none. Any thread may call, as with Abort.
  std::string Problem() {
    const ncclResult_t result = AsyncError();
    return result == ncclSuccess || result == ncclInProgress ? std::string() : WordsOf(result);
  }

  void Abort() {
    const std::lock_guard lock(mutex_);
    if (!aborted_) nccl_.abort(handle_);
    aborted_ = true;
  }

 private:
  std::string WordsOf(ncclResult_t result) const {
    return std::string(nccl_.error_string(result)) + "; run with NCCL_DEBUG=WARN to learn more";
  }

  ncclResult_t AsyncError() {
    const std::lock_guard lock(mutex_);
    if (aborted_) return ncclRemoteError;
    ncclResult_t result = ncclSuccess;
    const ncclResult_t asked = nccl_.get_async_error(handle_, &result);
    return asked == ncclSuccess ? result : asked;
  }

  const NcclFunctions& nccl_;
  milliseconds timeout_;
  int exceptions_ = std::uncaught_exceptions();
  std::mutex mutex_;  // between asking and aborting
  bool aborted_ = false;
  ncclComm_t handle_ = nullptr;
};

ncclUniqueId ShareId(const NcclFunctions& nccl, comm::Communicator& host) {
  ncclUniqueId id{};
  ncclResult_t status = ncclSuccess;
  if (host.rank() == 0) status = nccl.get_unique_id(&id);
  host.Broadcast(&status, sizeof(status), 0);
  host.Broadcast(&id, sizeof(id), 0);
  if (status != ncclSuccess) {
    throw Error(Code::kUnavailable, std::string("NCCL on rank 0: ") + nccl.error_string(status));
  }
  return id;
}

class NcclCommunicator final : public comm::Communicator {
 public:
  NcclCommunicator(Queue& queue, comm::Communicator& host, const NcclFunctions& nccl, milliseconds timeout)
      : queue_(queue),
        host_(host),
        nccl_(nccl),
        stream_(MakeStream()),
        computed_(MakeEvent()),
        communicated_(MakeEvent()),
        handle_(nccl_, ShareId(nccl_, host), host.rank(), host.size(), timeout),
        watch_(
            stream_.get(), timeout, [this] { return handle_.Problem(); }, [this] { handle_.Abort(); }) {}

  // NCCL's resources are in use until its stream is done. What fails now has been reported, or is of no interest.
  ~NcclCommunicator() override {
    if (std::uncaught_exceptions() > exceptions_) watch_.Fail("this rank has stopped with an error");
    cudaSetDevice(queue_.device());
    cudaStreamSynchronize(queue_.stream());
    cudaStreamSynchronize(stream_.get());
  }
  NcclCommunicator(const NcclCommunicator&) = delete;
  NcclCommunicator& operator=(const NcclCommunicator&) = delete;

  int rank() const override { return host_.rank(); }
  int size() const override { return host_.size(); }
  const comm::Traffic& traffic() const override { return traffic_; }

  void AllReduceSum(float* values, std::int64_t count) override {
    BeginAllReduceSum(values, count);
    Finish();
  }

  void AllGather(const void* send, std::int64_t bytes, void* receive) override {
    Begin(comm::Operation::kAllGather, comm::VolumeOfAllGather(bytes, size()), bytes,
          [&] { return nccl_.all_gather(send, receive, Size(bytes), ncclInt8, handle_.get(), stream_.get()); });
    Finish();
  }

  void ReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    BeginReduceScatterSum(send, count, receive);
    Finish();
  }

  void AllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                std::span<const std::int64_t> receive_bytes) override {
    BeginAllToAll(send, send_bytes, receive, receive_bytes);
    Finish();
  }

  void Broadcast(void* data, std::int64_t bytes, int root) override {
    comm::RequireRoot(root, size());
    Begin(comm::Operation::kBroadcast, comm::VolumeOfBroadcast(bytes, root, rank(), size()), bytes,
          [&] { return nccl_.broadcast(data, data, Size(bytes), ncclInt8, root, handle_.get(), stream_.get()); });
    Finish();
  }

  void BeginAllReduceSum(float* values, std::int64_t count) override {
    Begin(comm::Operation::kAllReduceSum, comm::VolumeOfAllReduce(count, rank(), size()), count, [&] {
      return nccl_.all_reduce(values, values, Size(count), ncclFloat32, ncclSum, handle_.get(), stream_.get());
    });
  }

  void BeginReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    Begin(comm::Operation::kReduceScatterSum, comm::VolumeOfReduceScatter(count, size()), count, [&] {
      return nccl_.reduce_scatter(send, receive, Size(count), ncclFloat32, ncclSum, handle_.get(), stream_.get());
    });
  }

  void BeginAllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                     std::span<const std::int64_t> receive_bytes) override {
    comm::RequireBlockPerRank(send_bytes, receive_bytes, size());
    RequireOwnBlock(send_bytes, receive_bytes);
    const std::int64_t bytes = std::accumulate(send_bytes.begin(), send_bytes.end(), std::int64_t{0}) +
                               std::accumulate(receive_bytes.begin(), receive_bytes.end(), std::int64_t{0});
    Begin(comm::Operation::kAllToAll, comm::VolumeOfAllToAll(send_bytes, receive_bytes, rank()), bytes, [&] {
      return QueueBlocks(static_cast<const char*>(send), send_bytes, static_cast<char*>(receive), receive_bytes);
    });
  }

  // The queue goes on when the stream has come here.
  void Finish() override {
    queue_.Select();
    Check(cudaEventRecord(communicated_.get(), stream_.get()), "Finish");
    Check(cudaStreamWaitEvent(queue_.stream(), communicated_.get(), 0), "Finish");
  }

  // What was queued before is done on all ranks when it returns.
  void Barrier() override {
    Finish();
    queue_.Synchronize();
    ThrowIfFailed("Barrier");
    host_.Barrier();
    traffic_.Add(comm::Operation::kBarrier, {.calls = 1});
  }

 private:
  // Queues one operation behind what the queue has been asked for, and counts it; without anything to move there is
  // nothing to queue, on any rank.
  void Begin(comm::Operation operation, const comm::Volume& volume, std::int64_t extent,
             const std::function<ncclResult_t()>& call) {
    const char* const name = comm::NameOf(operation);
    ThrowIfFailed(name);
    if (extent > 0) {
      queue_.Select();
      Check(cudaEventRecord(computed_.get(), queue_.stream()), name);
      Check(cudaStreamWaitEvent(stream_.get(), computed_.get(), 0), name);
      watch_.Begin(name);
      const std::string problem = handle_.Settle(call());
      watch_.End();
      if (!problem.empty()) watch_.Fail(problem);
      ThrowIfFailed(name);
    }
    traffic_.Add(operation, volume);
  }

  // The block for itself goes through no network.
  ncclResult_t QueueBlocks(const char* send, std::span<const std::int64_t> send_bytes, char* receive,
                           std::span<const std::int64_t> receive_bytes) {
    nccl_.group_start();
    ncclResult_t status = ncclSuccess;
    for (int other = 0; other < size(); ++other) {
      const std::int64_t out = send_bytes[Size(other)];
      const std::int64_t in = receive_bytes[Size(other)];
      if (other == rank()) {
        CopyOwn(send, receive, out);
      } else {
        status = Worse(status, out == 0 ? ncclSuccess
                                        : nccl_.send(send, Size(out), ncclInt8, other, handle_.get(), stream_.get()));
        status =
            Worse(status, in == 0 ? ncclSuccess
                                  : nccl_.receive(receive, Size(in), ncclInt8, other, handle_.get(), stream_.get()));
      }
      send += out;
      receive += in;
    }
    return Worse(nccl_.group_end(), status);
  }

  static ncclResult_t Worse(ncclResult_t one, ncclResult_t other) {
    const bool fine = one == ncclSuccess || one == ncclInProgress;
    return fine && other != ncclSuccess ? other : one;
  }

  void CopyOwn(const char* send, char* receive, std::int64_t bytes) {
    if (bytes == 0) return;
    Check(cudaMemcpyAsync(receive, send, Size(bytes), cudaMemcpyDeviceToDevice, stream_.get()), "AllToAll");
  }

  void RequireOwnBlock(std::span<const std::int64_t> send_bytes, std::span<const std::int64_t> receive_bytes) const {
    const std::string problem =
        comm::DisagreementOnBlock(rank(), send_bytes[Size(rank())], rank(), receive_bytes[Size(rank())]);
    if (!problem.empty()) throw Error(Code::kInvalidArgument, problem);
  }

  // The host communicator knows which rank is missing, if one is.
  void ThrowIfFailed(const char* operation) {
    const std::string failure = watch_.Failure();
    if (failure.empty()) return;
    const std::string what = std::string(operation) + " over NCCL cannot be completed: " + failure;
    try {
      host_.Barrier();
    } catch (const Error& error) {
      throw Error(error.code(), what + "; " + error.what());
    }
    throw Error(Code::kUnavailable, what);
  }

  Queue& queue_;
  comm::Communicator& host_;
  const NcclFunctions nccl_;
  int exceptions_ = std::uncaught_exceptions();
  Stream stream_;
  Event computed_;      // the queue has come to where an operation begins
  Event communicated_;  // the stream has come to where the queue waits for it
  NcclHandle handle_;
  CollectiveWatch watch_;
  comm::Traffic traffic_;
};

}  // namespace

std::unique_ptr<comm::Communicator> MakeNcclCommunicator(Queue& queue, comm::Communicator& host,
                                                         const NcclFunctions& nccl, std::chrono::milliseconds timeout) {
  queue.Select();
  return std::make_unique<NcclCommunicator>(queue, host, nccl, timeout);
}

}  // namespace shortlist::cuda
