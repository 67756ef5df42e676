// Judges every access to device memory: bounds, alignment, initialization, mix-ups of host and device memory, races.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "simt/detector/access_history.h"
#include "simt/detector/arena.h"
#include "simt/detector/byte_states.h"
#include "simt/detector/execution.h"
#include "simt/detector/source_lines.h"
#include "simt/detector/stream_order.h"

namespace shortlist::simt {

// One load, store or atomic of one thread.
struct Request {
  const void* data;
  std::size_t bytes;
  std::size_t alignment;
  AccessKind kind;
  Site site;
};

// May be used by several host threads at once, each with an Execution of its own. What several threads of one launch do
// at one line is reported once.
class MemoryCheck {
 public:
  // Told of each finding: its kind ("race", "out-of-bounds", ...) and what happened where.
  using Report = std::function<void(const std::string& kind, const std::string& text)>;

  MemoryCheck(std::size_t arena_bytes, Report report);

  StreamOrder& order() { return order_; }
  SourceLines& lines() { return lines_; }

  void* Reserve(std::size_t bytes) { return arena_.Reserve(bytes); }
  void Release(void* data, std::size_t bytes);
  // The bytes may be accessed from now on. `shared`: they are a block's shared memory, not seen by other blocks.
  void Open(void* data, std::size_t bytes, bool shared);
  void Close(void* data, std::size_t bytes);
  // Kernels may not touch these bytes of open memory, or may again.
  void Forbid(const void* data, std::size_t bytes) { states_.Forbid(arena_.Offset(data), bytes); }
  void Permit(const void* data, std::size_t bytes) { states_.Permit(arena_.Offset(data), bytes); }
  bool IsDevice(const void* data) const { return arena_.Contains(data); }
  bool IsShared(const void* data) const { return states_.IsShared(arena_.Offset(data)); }

  // Kernel code touches device memory.
  void KernelAccess(const Execution& execution, const ThreadMoment& moment, const Request& request);
  // Kernel code touches memory that is not the device's.
  void ForeignAccess(const Request& request);
  // Host code touches device memory.
  void HostAccess(const Request& request);

  // A copy or library call touches open memory. Not judged for races if `operation` is 0.
  void LibraryAccess(OperationId operation, AccessKind kind, const void* data, std::size_t bytes);

 private:
  // What makes two findings the same.
  struct Origin {
    OperationId operation;
    Site site;
    Site other;
    // NOLINTNEXTLINE(modernize-use-nullptr): what clang-tidy sees is the 0 that the defaulted comparison is built with
    friend auto operator<=>(const Origin&, const Origin&) = default;
  };

  bool CheckBounds(const Request& request, const Origin& origin);
  void CheckWritten(const Request& request, const Origin& origin);
  void CheckRace(const Execution& execution, const Request& request, const Access& access);
  bool OrderedAcross(const Access& earlier, const Access& access) const;
  void ReportRace(const Access& earlier, const Access& access, bool shared);
  void ReportOnce(const std::string& kind, const Origin& origin, const std::function<std::string()>& text);
  std::string NameOf(const Access& access) const;
  std::string Subject(const Request& request) const;

  Report report_;
  Arena arena_;
  ByteStates states_;
  AccessHistory history_;
  StreamOrder order_;
  SourceLines lines_;
  std::mutex mutex_;
  std::set<std::pair<std::string, Origin>> told_;
};

}  // namespace shortlist::simt
