#include "profile/redis_server.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "profile/redis_connections.h"
#include "shortlist/error.h"

namespace shortlist::profile {

namespace {

std::filesystem::path NewDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "redis.XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder " + name);
  return name;
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> arguments)
    : directory_(NewDirectory()), arguments_(std::move(arguments)) {
  Start();
}

RedisServer::~RedisServer() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

EventStoreSettings RedisServer::settings() const {
  EventStoreSettings settings;
  settings.kind = EventStoreKind::kRedis;
  settings.address = address();
  settings.timeout_ms = 5000;
  return settings;
}

void RedisServer::Start() {
  // The program goes by its name: Debian has one file for the server and what checks its files.
  std::vector<std::string> command{"redis-server", "--port", "0", "--unixsocket", directory_ / "socket", "--dir",
                                   directory_,     "--save", "",  "--logfile",    directory_ / "log"};
  command.insert(command.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> pointers;
  for (std::string& part : command) pointers.push_back(part.data());
  pointers.push_back(nullptr);
  process_ = fork();
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execv(REDIS_SERVER, pointers.data());
    _exit(127);
  }
  for (int look = 0; look < 1000; ++look) {
    try {
      Ask({"PING"});
      return;
    } catch (const Error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  throw std::runtime_error("no Redis came up in " + directory_.string());
}

void RedisServer::Kill() {
  if (process_ == 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = 0;
}

std::string RedisServer::Ask(const std::vector<std::string>& command) const {
  RedisConnections connections(settings());
  const RedisReply reply = std::move(connections.Run({&command, 1}).front());
  if (reply.error.starts_with("LOADING")) throw Error(Code::kUnavailable, reply.error);
  return reply.text.value_or(reply.error);
}

}  // namespace shortlist::profile
