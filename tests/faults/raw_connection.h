// HTTP/2 by hand, for clients that behave as none should.
#pragma once

#include <string>

namespace shortlist::faults {

// The bytes that open an HTTP/2 connection whose client gives the server no room to send answers.
std::string PrefaceOfOneWhoDoesNotRead();

// A call of shortlist.v1.Retrieval/Recommend for the ten most popular items on an odd stream.
std::string RecommendFrames(int stream);

// A TCP connection. Closes with a reset, as when a machine disappears from behind its network.
class RawConnection {
 public:
  explicit RawConnection(const std::string& address);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void Send(const std::string& bytes) const;

 private:
  int socket_;
};

}  // namespace shortlist::faults
