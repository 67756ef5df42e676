// Shared memory of the block that runs on a host thread.
#pragma once

#include <cstddef>
#include <vector>

namespace shortlist::simt {

// Pieces are guarded on both sides and filled with garbage.
class SharedArena {
 public:
  SharedArena();
  ~SharedArena();
  SharedArena(const SharedArena&) = delete;
  SharedArena& operator=(const SharedArena&) = delete;

  // The piece of this block that `key` stands for; made when it is asked for first.
  void* Find(const void* key, std::size_t bytes, std::size_t alignment);
  // The block has ended.
  void Clear();

 private:
  struct Piece {
    const void* key;
    char* data;
    std::size_t bytes;
  };
  char* Add(const void* key, std::size_t bytes, std::size_t alignment);

  char* memory_;
  std::size_t used_ = 0;   // of the arena, with guards
  std::size_t bytes_ = 0;  // of the pieces
  std::vector<Piece> pieces_;
};

}  // namespace shortlist::simt
