// Progress of long work on stderr: a bar with rate and time left on a terminal, a plain line every few seconds
// elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace shortlist::base {

class Progress {
 public:
  // `total` of 0 means unknown; `unit` is plural, for example "rows".
  Progress(std::string_view task, std::int64_t total, std::string_view unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap; draws at most a few times a second. Thread-safe.
  void Advance(std::int64_t count);
  // Replaces the note shown behind the rate, for example "loss 4.31".
  void SetNote(std::string_view note);
  // Prints the final line with the total and the time taken. Called by the destructor if it was not.
  void Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::base
