// Work in a process of its own, which may be killed.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <poll.h>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::profile {

// The parent must not have a RocksDB open, whose threads a fork would lose.
inline pid_t Fork(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child != 0) return child;
  work();
  _exit(::testing::Test::HasFailure() ? 1 : 0);
}

// Of a process that does the work and ends; not 0 if an expectation failed there.
inline int StatusOfFork(const std::function<void()>& work) {
  int status = 0;
  waitpid(Fork(work), &status, 0);
  return status;
}

inline std::vector<std::string> ReadLines(int file) {
  std::string text;
  char buffer[4096];
  for (ssize_t bytes = 0; (bytes = read(file, buffer, sizeof buffer)) > 0;) text.append(buffer, bytes);
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

enum class LifeBegins { kAtOnce, kAtFirstLine };

// Kills a process that works without end and writes lines to the file that it is given. Returns the lines.
inline std::vector<std::string> LinesUntilKilled(const std::function<void(int lines)>& work, LifeBegins begins,
                                                 std::chrono::microseconds life) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t worker = Fork([&] { work(ends[1]); });
  close(ends[1]);
  if (begins == LifeBegins::kAtFirstLine) {
    pollfd waited{ends[0], POLLIN, 0};
    poll(&waited, 1, -1);  // or the end of the worker
  }
  std::this_thread::sleep_for(life);
  kill(worker, SIGKILL);
  int end = 0;
  waitpid(worker, &end, 0);
  EXPECT_TRUE(WIFSIGNALED(end) && WTERMSIG(end) == SIGKILL) << "the worker ended by itself";
  std::vector<std::string> lines = ReadLines(ends[0]);
  close(ends[0]);
  return lines;
}

}  // namespace shortlist::profile
