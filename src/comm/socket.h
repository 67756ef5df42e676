// TCP connections, and the short texts that ranks exchange over them before work begins.
//
// Sockets do not block: what takes time has a deadline and throws Error{kDeadlineExceeded} when it has passed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace shortlist::comm {

using Deadline = std::chrono::steady_clock::time_point;
inline Deadline After(std::chrono::milliseconds duration) {
  return std::chrono::steady_clock::now() + duration;
}

// Owns a file descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int descriptor() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

// On all addresses of this host, of either IP version; port 0 takes a free one. Throws Error{kUnavailable} if the port
// is taken.
Socket Listen(int port);
int PortOf(const Socket& socket);
// The numeric address of the other end.
std::string PeerAddress(const Socket& socket);

// Tries until the deadline, because the other side may start later. Name resolution may take longer than the deadline.
Socket Connect(const std::string& host, int port, Deadline deadline);
Socket Accept(const Socket& listener, Deadline deadline);

inline constexpr std::size_t kMaxTextBytes = 1 << 20;

// A text with its length before it. ReceiveText throws Error{kUnavailable} if the connection ends or what comes is no
// such text.
void SendText(const Socket& socket, std::string_view text, Deadline deadline);
std::string ReceiveText(const Socket& socket, Deadline deadline);

}  // namespace shortlist::comm
