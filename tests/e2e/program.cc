#include "e2e/program.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace shortlist::e2e {
namespace {

std::string ReadAll(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::filesystem::path NewLog(const std::filesystem::path& directory, const std::string& ending) {
  static int count = 0;
  return directory / ("process-" + std::to_string(count++) + ending);
}

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void Redirect(int descriptor, const std::filesystem::path& file) {
    posix_spawn_file_actions_addopen(&actions_, descriptor, file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const std::filesystem::path& logs)
    : out_(NewLog(logs, ".out")), err_(NewLog(logs, ".err")) {
  FileActions actions;
  actions.Redirect(STDOUT_FILENO, out_);
  actions.Redirect(STDERR_FILENO, err_);
  std::string program = SHORTLIST_PROGRAM;
  std::vector<std::string> copies = arguments;
  std::vector<char*> argv = {program.data()};
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const int failure = posix_spawn(&process_, program.c_str(), actions.get(), nullptr, argv.data(), environ);
  if (failure != 0) throw std::runtime_error("cannot start " + program);
}

Program::~Program() {
  if (outcome_) return;
  Signal(SIGKILL);
  Wait();
}

void Program::Signal(int number) const {
  if (!outcome_) kill(process_, number);
}

Outcome Program::Collect(int wait_status) const {
  const int status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
  return {status, ReadAll(out_), ReadAll(err_)};
}

Outcome Program::Wait() {
  if (outcome_) return *outcome_;
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  outcome_ = Collect(status);
  return *outcome_;
}

bool Program::Ended() {
  int status = 0;
  if (!outcome_ && waitpid(process_, &status, WNOHANG) == process_) outcome_ = Collect(status);
  return outcome_.has_value();
}

bool Program::Poll(const std::function<bool()>& attempt) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (std::chrono::steady_clock::now() < give_up) {
    const bool ended = Ended();
    if (attempt()) return true;
    if (ended) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

std::optional<std::string> Program::WaitForLine(const std::string& prefix) {
  std::optional<std::string> found;
  Poll([&] {
    std::istringstream lines(ReadAll(out_));
    for (std::string line; !found && std::getline(lines, line);) {
      if (line.starts_with(prefix) && !lines.eof()) found = line;
    }
    return found.has_value();
  });
  return found;
}

bool Program::WaitForLog(const std::string& text) {
  return Poll([&] { return ReadAll(err_).find(text) != std::string::npos; });
}

Outcome RunProgram(const std::vector<std::string>& arguments, const std::filesystem::path& logs) {
  return Program(arguments, logs).Wait();
}

}  // namespace shortlist::e2e
