#include "comm/socket.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

using std::chrono::milliseconds;

std::string ErrorText(int error) {
  return std::generic_category().message(error);
}

[[noreturn]] void ThrowSystem(const std::string& what) {
  throw Error(Code::kUnavailable, what + ": " + ErrorText(errno));
}

int MillisecondsUntil(Deadline deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count() + 1, 0, 1 << 30));
}

// Until `events` of poll are there.
void Await(const Socket& socket, short events, Deadline deadline, const char* what) {
  pollfd entry{socket.descriptor(), events, 0};
  while (poll(&entry, 1, MillisecondsUntil(deadline)) <= 0) {
    if (errno == EINTR && std::chrono::steady_clock::now() < deadline) continue;
    throw Error(Code::kDeadlineExceeded, std::string(what) + ": nothing until the deadline");
  }
}

void SetOption(const Socket& socket, int level, int option, int value) {
  setsockopt(socket.descriptor(), level, option, &value, sizeof(value));
}

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

// Null if there are none (yet: the name of a host may appear later).
Addresses Resolve(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  return {status == 0 ? found : nullptr, freeaddrinfo};
}

// Connecting to a free port of the own host can meet itself.
bool IsConnectedToItself(const Socket& socket) {
  sockaddr_storage here{};
  sockaddr_storage there{};
  socklen_t here_size = sizeof(here);
  socklen_t there_size = sizeof(there);
  getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&here), &here_size);
  getpeername(socket.descriptor(), reinterpret_cast<sockaddr*>(&there), &there_size);
  return here_size == there_size && std::memcmp(&here, &there, here_size) == 0;
}

// Open if the address answered.
Socket TryConnect(const addrinfo& address, Deadline deadline) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.open()) return {};
  if (connect(socket.descriptor(), address.ai_addr, address.ai_addrlen) != 0 && errno != EINPROGRESS) return {};
  pollfd entry{socket.descriptor(), POLLOUT, 0};
  int error = 0;
  socklen_t size = sizeof(error);
  if (poll(&entry, 1, std::min(MillisecondsUntil(deadline), 5000)) <= 0) return {};
  if (getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) return {};
  return IsConnectedToItself(socket) ? Socket() : std::move(socket);
}

void SendBytes(const Socket& socket, const char* data, std::size_t bytes, Deadline deadline) {
  while (bytes > 0) {
    const ssize_t sent = send(socket.descriptor(), data, bytes, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) ThrowSystem("sending to another rank");
    if (sent < 0) {
      Await(socket, POLLOUT, deadline, "sending to another rank");
      continue;
    }
    data += sent;
    bytes -= static_cast<std::size_t>(sent);
  }
}

void ReceiveBytes(const Socket& socket, char* data, std::size_t bytes, Deadline deadline) {
  while (bytes > 0) {
    const ssize_t received = recv(socket.descriptor(), data, bytes, 0);
    if (received == 0) throw Error(Code::kUnavailable, "the other rank has closed the connection");
    if (received < 0 && errno != EAGAIN && errno != EINTR) ThrowSystem("receiving from another rank");
    if (received < 0) {
      Await(socket, POLLIN, deadline, "receiving from another rank");
      continue;
    }
    data += received;
    bytes -= static_cast<std::size_t>(received);
  }
}

// Listens on IPv6 and IPv4 together, or on IPv4 alone where there is no IPv6.
Socket ListenOn(int family, int port) {
  Socket socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.open()) return {};
  SetOption(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(static_cast<std::uint16_t>(port));
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = six.sin6_port;
  const bool is_six = family == AF_INET6;
  if (is_six) SetOption(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  const auto* address = is_six ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
  if (bind(socket.descriptor(), address, is_six ? sizeof(six) : sizeof(four)) != 0) return {};
  if (listen(socket.descriptor(), SOMAXCONN) != 0) return {};
  return socket;
}

}  // namespace

Socket::~Socket() {
  if (open()) close(descriptor_);
}

Socket::Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Socket Listen(int port) {
  Socket socket = ListenOn(AF_INET6, port);
  if (!socket.open()) socket = ListenOn(AF_INET, port);
  if (!socket.open()) ThrowSystem("listening on port " + std::to_string(port));
  return socket;
}

int PortOf(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);  // at the same place in both versions
}

std::string PeerAddress(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  getpeername(socket.descriptor(), reinterpret_cast<sockaddr*>(&address), &size);
  std::array<char, NI_MAXHOST> text{};
  getnameinfo(reinterpret_cast<sockaddr*>(&address), size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  const std::string numeric = text.data();
  const std::string mapped = "::ffff:";  // an IPv4 address seen by an IPv6 socket
  return numeric.starts_with(mapped) ? numeric.substr(mapped.size()) : numeric;
}

Socket Connect(const std::string& host, int port, Deadline deadline) {
  do {
    const Addresses addresses = Resolve(host, port);
    for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
      Socket socket = TryConnect(*address, deadline);
      if (!socket.open()) continue;
      SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
      return socket;
    }
    std::this_thread::sleep_for(milliseconds(50));
  } while (std::chrono::steady_clock::now() < deadline);
  throw Error(Code::kDeadlineExceeded, "nobody answers at " + host + ":" + std::to_string(port));
}

Socket Accept(const Socket& listener, Deadline deadline) {
  while (true) {
    Await(listener, POLLIN, deadline, "waiting for other ranks");
    Socket socket(accept4(listener.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.open()) continue;  // gone again
    SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    return socket;
  }
}

void SendText(const Socket& socket, std::string_view text, Deadline deadline) {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string message(sizeof(size), '\0');
  std::memcpy(message.data(), &size, sizeof(size));
  message += text;
  SendBytes(socket, message.data(), message.size(), deadline);
}

std::string ReceiveText(const Socket& socket, Deadline deadline) {
  std::uint32_t size = 0;
  ReceiveBytes(socket, reinterpret_cast<char*>(&size), sizeof(size), deadline);
  if (size > kMaxTextBytes) throw Error(Code::kUnavailable, "the other end is no rank of this job");
  std::string text(size, '\0');
  ReceiveBytes(socket, text.data(), text.size(), deadline);
  return text;
}

}  // namespace shortlist::comm
