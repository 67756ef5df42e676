// Streams and events.
#include <chrono>
#include <cuda_runtime.h>
#include <memory>

#include "simt/runtime/api_call.h"
#include "simt/runtime/machine.h"
#include "simt/runtime/submit.h"

using namespace shortlist::simt;  // NOLINT(google-build-using-namespace): defines the C functions of the runtime.

namespace {

using std::chrono::steady_clock;

std::shared_ptr<Stream> FindStream(cudaStream_t stream) {
  return TheMachine().streams().Find(stream);
}

std::shared_ptr<Event> FindEvent(cudaEvent_t event) {
  return TheMachine().events().Find(event);
}

// Runs `body` unless the stream is unknown or captured, which forbids to wait for it.
template <class Body>
cudaError_t WaitOn(cudaStream_t handle, Body body) {
  return ApiCall([&] {
    const std::shared_ptr<Stream> stream = FindStream(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (stream->capture() != nullptr) {
      stream->capture()->Invalidate();
      return cudaErrorStreamCaptureUnsupported;
    }
    return body(*stream);
  });
}

void RecordInCapture(Event& event, const std::shared_ptr<Stream>& stream) {
  event.capture = stream->capture();
  event.frontier = event.capture->FrontierOf(*stream);
  event.stream = nullptr;
}

cudaError_t RecordInStream(Event& event, const std::shared_ptr<Stream>& stream, cudaStream_t handle) {
  event.capture = nullptr;
  event.time = std::make_shared<Event::Time>();
  event.stream = stream;
  event.number = stream->pushed() + 1;
  return Submit(handle, {OperationKind::kWait, nullptr, [time = event.time] { *time = steady_clock::now(); }});
}

bool IsBeingCaptured(const Event& event) {
  return event.capture != nullptr && event.capture->origin().capture() == event.capture;
}

cudaError_t WaitInCapture(Stream& stream, const Event& event) {
  if (event.capture != stream.capture()) {
    stream.capture()->Invalidate();
    return cudaErrorStreamCaptureIsolation;
  }
  stream.capture()->Join(stream, event.frontier);
  return cudaSuccess;
}

}  // namespace

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned /*flags*/) {
  return ApiCall([=] {
    *stream = static_cast<cudaStream_t>(TheMachine().streams().Add(std::make_shared<Stream>(CurrentDevice())));
    return cudaSuccess;
  });
}

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
  return cudaStreamCreateWithFlags(stream, cudaStreamDefault);
}

cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned flags, int /*priority*/) {
  return cudaStreamCreateWithFlags(stream, flags);
}

// What is queued still runs; the real call does not wait for it.
cudaError_t cudaStreamDestroy(cudaStream_t handle) {
  const std::shared_ptr<Stream> stream = TheMachine().streams().Remove(handle);
  if (stream == nullptr) return Remember(cudaErrorInvalidResourceHandle);
  stream->RunAll();
  return Remember(StateOfCurrentDevice());
}

cudaError_t cudaStreamSynchronize(cudaStream_t handle) {
  return WaitOn(handle, [](Stream& stream) {
    ++TheMachine().counters().host_synchronizations;
    stream.AwaitAll();
    return StateOfCurrentDevice();
  });
}

// Whoever polls makes progress by one operation.
cudaError_t cudaStreamQuery(cudaStream_t handle) {
  return WaitOn(handle, [](Stream& stream) {
    const std::uint64_t last = stream.pushed();
    if (stream.HasRun(last)) {
      stream.AwaitAll();
      return cudaSuccess;
    }
    stream.RunNext();
    return cudaErrorNotReady;
  });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t handle, cudaEvent_t event_handle, unsigned /*flags*/) {
  return ApiCall([=] {
    const std::shared_ptr<Stream> stream = FindStream(handle);
    const std::shared_ptr<Event> event = FindEvent(event_handle);
    if (stream == nullptr || event == nullptr) return cudaErrorInvalidResourceHandle;
    if (IsBeingCaptured(*event) && stream->capture() == nullptr) stream->set_capture(event->capture);
    if (stream->capture() != nullptr) return WaitInCapture(*stream, *event);
    return Submit(handle, {OperationKind::kWait, nullptr, [point = *event] { point.Await(); }});
  });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  return ApiCall([=] {
    auto made = std::make_shared<Event>();
    made->measures_time = (flags & cudaEventDisableTiming) == 0;
    *event = static_cast<cudaEvent_t>(TheMachine().events().Add(std::move(made)));
    return cudaSuccess;
  });
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
  return cudaEventCreateWithFlags(event, cudaEventDefault);
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return Remember(TheMachine().events().Remove(event) == nullptr ? cudaErrorInvalidResourceHandle : cudaSuccess);
}

cudaError_t cudaEventRecord(cudaEvent_t event_handle, cudaStream_t handle) {
  return ApiCall([=] {
    const std::shared_ptr<Stream> stream = FindStream(handle);
    const std::shared_ptr<Event> event = FindEvent(event_handle);
    if (stream == nullptr || event == nullptr) return cudaErrorInvalidResourceHandle;
    if (stream->capture() == nullptr) return RecordInStream(*event, stream, handle);
    RecordInCapture(*event, stream);
    return cudaSuccess;
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t handle) {
  return ApiCall([=] {
    const std::shared_ptr<Event> event = FindEvent(handle);
    if (event == nullptr) return cudaErrorInvalidResourceHandle;
    if (IsBeingCaptured(*event)) {
      event->capture->Invalidate();
      return cudaErrorCapturedEvent;
    }
    ++TheMachine().counters().host_synchronizations;
    event->Await();
    return StateOfCurrentDevice();
  });
}

cudaError_t cudaEventQuery(cudaEvent_t handle) {
  return ApiCall([=] {
    const std::shared_ptr<Event> event = FindEvent(handle);
    if (event == nullptr) return cudaErrorInvalidResourceHandle;
    if (event->HasRun()) {
      event->Await();
      return cudaSuccess;
    }
    event->stream->RunNext();
    return cudaErrorNotReady;
  });
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t begin_handle, cudaEvent_t end_handle) {
  return ApiCall([=] {
    const std::shared_ptr<Event> begin = FindEvent(begin_handle);
    const std::shared_ptr<Event> end = FindEvent(end_handle);
    if (begin == nullptr || end == nullptr || begin->stream == nullptr || end->stream == nullptr ||
        !begin->measures_time || !end->measures_time) {
      return cudaErrorInvalidResourceHandle;
    }
    if (!begin->HasRun() || !end->HasRun()) return cudaErrorNotReady;
    *milliseconds = std::chrono::duration<float, std::milli>(*end->time - *begin->time).count();
    return cudaSuccess;
  });
}
