#include "profile/redis_connections.h"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <ctime>
#include <filesystem>
#include <hiredis/hiredis.h>
#include <string_view>
#include <sys/time.h>
#include <utility>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

constexpr std::string_view kSocketMark = "unix:";
constexpr std::chrono::milliseconds kPauseAfterFailure{200};
constexpr std::size_t kMostIdle = 64;

bool IsSocket(const std::string& address) {
  return address.starts_with(kSocketMark);
}

// Host and port.
std::pair<std::string, int> PartsOf(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
  const bool is_number = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number || colon == 0) {
    throw Error(Code::kInvalidArgument, "serve.events.store.address '" + address +
                                            "' is neither host:port nor unix:PATH; give for example 127.0.0.1:6379");
  }
  return {address.substr(0, colon), std::stoi(port)};
}

timeval TimeoutOf(const EventStoreSettings& settings) {
  return {settings.timeout_ms / 1000, settings.timeout_ms % 1000 * 1000};
}

redisContext* Open(const EventStoreSettings& settings) {
  if (IsSocket(settings.address)) {
    return redisConnectUnixWithTimeout(settings.address.c_str() + kSocketMark.size(), TimeoutOf(settings));
  }
  const auto [host, port] = PartsOf(settings.address);
  return redisConnectWithTimeout(host.c_str(), port, TimeoutOf(settings));
}

RedisReply ReplyFrom(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return {std::string(reply.str, static_cast<std::size_t>(reply.len))};
    case REDIS_REPLY_INTEGER:
      return {std::to_string(reply.integer)};
    case REDIS_REPLY_ERROR:
      return {{}, {}, std::string(reply.str, static_cast<std::size_t>(reply.len))};
    default:
      break;
  }
  RedisReply array;
  for (std::size_t i = 0; i < reply.elements; ++i) array.elements.push_back(ReplyFrom(*reply.element[i]));
  return array;
}

Error Unreachable(const std::string& address, const std::string& why) {
  return {Code::kUnavailable, "Redis at " + address + " (serve.events.store.address) cannot be used: " + why};
}

std::string PasswordFrom(const EventStoreSettings& settings) {
  if (!std::filesystem::exists(settings.password_file)) {
    throw Unreachable(settings.address,
                      "'" + settings.password_file + "' (serve.events.store.password_file) is not there");
  }
  std::string password = base::ReadFile(settings.password_file);
  while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) password.pop_back();
  return password;
}

// hiredis writes to connections that may be closed at the other end, which by default ends the process. What is pending
// of it is taken before the thread gets the signal back.
class WithoutPipeSignal {
 public:
  WithoutPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutPipeSignal() {
    const timespec at_once{};
    sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutPipeSignal(const WithoutPipeSignal&) = delete;
  WithoutPipeSignal& operator=(const WithoutPipeSignal&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

}  // namespace

class RedisConnections::Connection {
 public:
  explicit Connection(const EventStoreSettings& settings) : context_(Open(settings), redisFree) {
    if (context_ == nullptr || context_->err != 0) return;
    redisSetTimeout(context_.get(), TimeoutOf(settings));
    if (!IsSocket(settings.address)) redisEnableKeepAlive(context_.get());
  }

  // Empty while it works.
  std::string Failure() const {
    if (context_ == nullptr) return "no memory for a connection";
    if (timed_out_) return "it did not answer in time";
    return context_->err == 0 ? "" : context_->errstr;
  }
  bool timed_out() const { return timed_out_; }

  // Nothing, and Failure() then, if the connection broke.
  std::optional<std::vector<RedisReply>> Run(std::span<const RedisCommand> commands) {
    for (const RedisCommand& command : commands) Append(command);
    std::vector<RedisReply> replies;
    replies.reserve(commands.size());
    while (replies.size() < commands.size()) {
      void* reply = nullptr;
      if (redisGetReply(context_.get(), &reply) != REDIS_OK) {
        timed_out_ = context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
        return std::nullopt;
      }
      const std::unique_ptr<void, void (*)(void*)> owned(reply, freeReplyObject);
      replies.push_back(ReplyFrom(*static_cast<const redisReply*>(reply)));
    }
    return replies;
  }

 private:
  void Append(const RedisCommand& command) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const std::string& part : command) {
      texts.push_back(part.data());
      lengths.push_back(part.size());
    }
    redisAppendCommandArgv(context_.get(), static_cast<int>(command.size()), texts.data(), lengths.data());
  }

  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
  bool timed_out_ = false;
};

RedisConnections::RedisConnections(const EventStoreSettings& settings) : settings_(settings) {
  if (!IsSocket(settings_.address)) PartsOf(settings_.address);
}

RedisConnections::~RedisConnections() = default;

RedisConnections::Pointer RedisConnections::Connect() {
  auto connection = std::make_unique<Connection>(settings_);
  if (std::string failure = connection->Failure(); !failure.empty()) throw Unreachable(address(), failure);
  if (settings_.password_file.empty()) return connection;
  RedisCommand login{"AUTH"};
  if (!settings_.username.empty()) login.push_back(settings_.username);
  login.push_back(PasswordFrom(settings_));
  const auto replies = connection->Run({&login, 1});
  if (!replies) throw Unreachable(address(), connection->Failure());
  if (!replies->front().error.empty()) {
    throw Unreachable(address(), "the password in '" + settings_.password_file +
                                     "' (serve.events.store.password_file) " +
                                     "is not taken: " + replies->front().error);
  }
  return connection;
}

RedisConnections::Pointer RedisConnections::TakeIdle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  Pointer connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void RedisConnections::Keep(Pointer connection) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(connection));
}

void RedisConnections::DropIdle() {
  std::vector<Pointer> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(idle_);
}

void RedisConnections::FailAtOnceFor(std::chrono::milliseconds pause, const std::string& why) {
  const std::lock_guard lock(mutex_);
  paused_until_ = std::chrono::steady_clock::now() + pause;
  pause_reason_ = why;
}

void RedisConnections::RequireNoPause() {
  const std::lock_guard lock(mutex_);
  if (std::chrono::steady_clock::now() < paused_until_) throw Error(Code::kUnavailable, pause_reason_);
}

std::vector<RedisReply> RedisConnections::Run(std::span<const RedisCommand> commands) {
  if (commands.empty()) return {};
  RequireNoPause();
  const WithoutPipeSignal quiet;
  try {
    Pointer connection = TakeIdle();
    const bool was_kept = connection != nullptr;
    if (!was_kept) connection = Connect();
    auto replies = connection->Run(commands);
    if (!replies && was_kept && !connection->timed_out()) {
      DropIdle();
      connection = Connect();
      replies = connection->Run(commands);
    }
    if (!replies) throw Unreachable(address(), connection->Failure());
    Keep(std::move(connection));
    return *std::move(replies);
  } catch (const Error& problem) {
    DropIdle();
    FailAtOnceFor(kPauseAfterFailure, problem.what());
    throw;
  }
}

std::vector<RedisReply> RedisConnections::RunAll(std::span<const RedisCommand> commands) {
  std::vector<RedisReply> replies = Run(commands);
  for (const RedisReply& reply : replies) {
    if (!reply.error.empty()) throw Unreachable(address(), reply.error);
  }
  return replies;
}

RedisReply RedisConnections::RunOne(const RedisCommand& command) {
  return std::move(RunAll({&command, 1}).front());
}

}  // namespace shortlist::profile
