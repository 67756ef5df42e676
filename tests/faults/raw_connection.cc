#include "faults/raw_connection.h"

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace shortlist::faults {
namespace {

// Frame types and flags of RFC 9113.
constexpr char kData = 0;
constexpr char kHeaders = 1;
constexpr char kSettings = 4;
constexpr char kEndStream = 1;
constexpr char kEndHeaders = 4;

std::string BigEndian(std::uint32_t number, int bytes) {
  std::string text;
  for (int byte = bytes - 1; byte >= 0; --byte) text += static_cast<char>(number >> (8 * byte));
  return text;
}

std::string Frame(char type, char flags, int stream, const std::string& payload) {
  return BigEndian(static_cast<std::uint32_t>(payload.size()), 3) + type + flags +
         BigEndian(static_cast<std::uint32_t>(stream), 4) + payload;
}

// A literal of RFC 7541 that no table remembers.
std::string Header(const std::string& name, const std::string& value) {
  return '\0' + BigEndian(static_cast<std::uint32_t>(name.size()), 1) + name +
         BigEndian(static_cast<std::uint32_t>(value.size()), 1) + value;
}

}  // namespace

std::string PrefaceOfOneWhoDoesNotRead() {
  constexpr std::uint32_t kInitialWindowSize = 4;
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
         Frame(kSettings, 0, 0, BigEndian(kInitialWindowSize, 2) + BigEndian(0, 4));
}

std::string RecommendFrames(int stream) {
  const std::string headers = Header(":method", "POST") + Header(":scheme", "http") +
                              Header(":path", "/shortlist.v1.Retrieval/Recommend") + Header(":authority", "shop") +
                              Header("te", "trailers") + Header("content-type", "application/grpc");
  const std::string message = "\x20\x0A";  // k: 10
  return Frame(kHeaders, kEndHeaders, stream, headers) +
         Frame(kData, kEndStream, stream, '\0' + BigEndian(static_cast<std::uint32_t>(message.size()), 4) + message);
}

RawConnection::RawConnection(const std::string& address) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)) != 0) {
    close(socket_);
    throw std::runtime_error("cannot connect to " + address);
  }
}

RawConnection::~RawConnection() {
  const linger reset{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  close(socket_);
}

void RawConnection::Send(const std::string& bytes) const {
  if (send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("the server closed the connection");
  }
}

}  // namespace shortlist::faults
