#include "simt/detector/reservation.h"

#include <cerrno>
#include <sys/mman.h>
#include <system_error>

namespace shortlist::simt {
namespace {

constexpr std::size_t kPage = 4096;

}  // namespace

Reservation::Reservation(std::size_t bytes)
    : data_(static_cast<char*>(
          mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
      size_(bytes) {
  if (data_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "reserve address space");
}

Reservation::~Reservation() {
  munmap(data_, size_);
}

void Reservation::Discard(std::size_t offset, std::size_t bytes) {
  const std::size_t first = (offset + kPage - 1) / kPage * kPage;
  const std::size_t last = (offset + bytes) / kPage * kPage;
  if (first < last) madvise(data_ + first, last - first, MADV_DONTNEED);
}

}  // namespace shortlist::simt
