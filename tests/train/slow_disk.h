// A disk on which nothing arrives until it may.
#pragma once

namespace shortlist::train {

// While one lives, whoever in this program waits for a file to be on the disk waits for LetGo, too. One at a time.
class SlowDisk {
 public:
  SlowDisk();
  ~SlowDisk() { LetGo(); }
  SlowDisk(const SlowDisk&) = delete;
  SlowDisk& operator=(const SlowDisk&) = delete;

  // Returns when somebody waits.
  void AwaitWriter();
  void LetGo();
};

}  // namespace shortlist::train
