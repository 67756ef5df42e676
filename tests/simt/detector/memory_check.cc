#include "simt/detector/memory_check.h"

#include <cstdint>
#include <utility>

namespace shortlist::simt {
namespace {

std::string Doing(AccessKind kind) {
  switch (kind) {
    case AccessKind::kRead:
      return "read";
    case AccessKind::kWrite:
      return "write";
    default:
      return "atomic";
  }
}

}  // namespace

MemoryCheck::MemoryCheck(std::size_t arena_bytes, Report report)
    : report_(std::move(report)), arena_(arena_bytes), states_(arena_bytes), history_(arena_bytes) {}

void MemoryCheck::Release(void* data, std::size_t bytes) {
  arena_.Release(data, bytes);
  history_.Forget(arena_.Offset(data), bytes);
}

void MemoryCheck::Open(void* data, std::size_t bytes, bool shared) {
  arena_.Open(data, bytes);
  states_.Open(arena_.Offset(data), bytes, shared);
}

void MemoryCheck::Close(void* data, std::size_t bytes) {
  arena_.Close(data);
  states_.Close(arena_.Offset(data), bytes);
}

void MemoryCheck::KernelAccess(const Execution& execution, const ThreadMoment& moment, const Request& request) {
  const Access access = execution.AccessAt(moment, request.kind, request.site);
  const Origin origin{access.operation, request.site, 0};
  if (reinterpret_cast<std::uintptr_t>(request.data) % request.alignment != 0) {
    ReportOnce("misaligned", origin, [&] {
      return Subject(request) + ": the address is not a multiple of " + std::to_string(request.alignment);
    });
  }
  if (!CheckBounds(request, origin)) return;
  if (request.kind != AccessKind::kWrite) CheckWritten(request, origin);
  if (request.kind != AccessKind::kRead) states_.MarkWritten(arena_.Offset(request.data), request.bytes);
  CheckRace(execution, request, access);
}

void MemoryCheck::ForeignAccess(const Request& request) {
  report_("host-memory", Subject(request) + ": a kernel touches memory that is not the device's");
}

void MemoryCheck::HostAccess(const Request& request) {
  report_("device-memory", Subject(request) + ": host code touches the device's memory");
}

void MemoryCheck::LibraryAccess(OperationId operation, AccessKind kind, const void* data, std::size_t bytes) {
  const std::size_t offset = arena_.Offset(data);
  const std::size_t written = states_.WrittenPrefix(offset, bytes);
  if (kind == AccessKind::kRead && written != bytes) {
    report_("uninitialized-read", order_.Name(operation) + " reads " + std::to_string(bytes) + " bytes: byte " +
                                      std::to_string(written) + " was never written");
  }
  if (kind == AccessKind::kWrite) states_.MarkWritten(offset, bytes);
  if (operation == 0) return;
  Access access;
  access.operation = operation;
  access.kind = kind;
  const auto ordered = [&](const Access& earlier) { return OrderedAcross(earlier, access); };
  const auto race = history_.Note(offset, bytes, access, ordered);
  if (race) ReportRace(*race, access, false);
}

bool MemoryCheck::CheckBounds(const Request& request, const Origin& origin) {
  const std::size_t open = states_.OpenPrefix(arena_.Offset(request.data), request.bytes);
  if (open == request.bytes) return true;
  const void* const behind = static_cast<const char*>(request.data) + open;
  ReportOnce(arena_.WasClosed(behind) ? "use-after-free" : "out-of-bounds", origin,
             [&] { return Subject(request) + ", " + arena_.Describe(behind); });
  return false;
}

void MemoryCheck::CheckWritten(const Request& request, const Origin& origin) {
  if (states_.WrittenPrefix(arena_.Offset(request.data), request.bytes) == request.bytes) return;
  ReportOnce("uninitialized-read", origin,
             [&] { return Subject(request) + ", " + arena_.Describe(request.data) + ": never written"; });
}

void MemoryCheck::CheckRace(const Execution& execution, const Request& request, const Access& access) {
  const bool shared = states_.IsShared(arena_.Offset(request.data));
  const auto ordered = [&](const Access& earlier) {
    if (execution.OfThisBlock(earlier)) return execution.OrderedInBlock(earlier, access);
    return shared || OrderedAcross(earlier, access);
  };
  const auto race = history_.Note(arena_.Offset(request.data), request.bytes, access, ordered);
  if (race) ReportRace(*race, access, shared);
}

// Blocks of one launch are never ordered; launches are by their streams.
bool MemoryCheck::OrderedAcross(const Access& earlier, const Access& access) const {
  return earlier.operation != access.operation && order_.Before(earlier.operation, access.operation);
}

void MemoryCheck::ReportRace(const Access& earlier, const Access& access, bool shared) {
  ReportOnce("race", {access.operation, access.site, earlier.site}, [&] {
    return std::string(shared ? "shared" : "global") + " memory: " + NameOf(access) + " is not ordered with the " +
           NameOf(earlier);
  });
}

void MemoryCheck::ReportOnce(const std::string& kind, const Origin& origin, const std::function<std::string()>& text) {
  const std::lock_guard lock(mutex_);
  if (told_.emplace(kind, origin).second) report_(kind, text());
}

std::string MemoryCheck::NameOf(const Access& access) const {
  std::string operation = Doing(access.kind) + " by " + order_.Name(access.operation);
  if (access.site == 0) return operation;
  return operation + " block " + std::to_string(access.block) + " thread " + std::to_string(access.thread) + " at " +
         lines_.Text(access.site);
}

std::string MemoryCheck::Subject(const Request& request) const {
  return Doing(request.kind) + " of " + std::to_string(request.bytes) + " bytes at " + lines_.Text(request.site);
}

}  // namespace shortlist::simt
