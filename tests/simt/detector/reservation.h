// A range of zeroed address space that takes memory only where it is touched.
#pragma once

#include <cstddef>

namespace shortlist::simt {

class Reservation {
 public:
  explicit Reservation(std::size_t bytes);
  ~Reservation();
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

  char* data() const { return data_; }
  std::size_t size() const { return size_; }

  // Gives the whole pages of [offset, offset + bytes) back; they read as zero again.
  void Discard(std::size_t offset, std::size_t bytes);

 private:
  char* data_;
  std::size_t size_;
};

}  // namespace shortlist::simt
