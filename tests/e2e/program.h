// The real program, run as a process of its own.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace shortlist::e2e {

struct Outcome {
  int status = -1;  // exit status, or 128 + the signal that ended the process
  std::string out;
  std::string err;
};

// One process. Ends with the object at the latest.
class Program {
 public:
  // stdout and stderr go to new files below `logs`, which must outlive the object.
  Program(const std::vector<std::string>& arguments, const std::filesystem::path& logs);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void Signal(int number) const;
  // Waits for the end.
  Outcome Wait();
  // The first line on stdout that begins with `prefix`; nothing if the process ends or a minute passes without it.
  std::optional<std::string> WaitForLine(const std::string& prefix);
  // Waits until stderr contains the text; false if the process ends or a minute passes without it.
  bool WaitForLog(const std::string& text);
  bool Ended();

 private:
  Outcome Collect(int wait_status) const;
  // Tries every few milliseconds until it succeeds, the process has ended or a minute has passed.
  bool Poll(const std::function<bool()>& attempt);

  std::filesystem::path out_;
  std::filesystem::path err_;
  pid_t process_ = -1;
  std::optional<Outcome> outcome_;
};

// Runs the program to its end.
Outcome RunProgram(const std::vector<std::string>& arguments, const std::filesystem::path& logs);

}  // namespace shortlist::e2e
