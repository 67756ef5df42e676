// A typed client of shortlist.v1.Events.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client_security.h"

namespace shortlist::tools {

// An event in the words of JSON lines.
struct RecordedEvent {
  std::string event_id;
  std::string user;
  std::string item;
  std::string event_type;  // "view", "purchase", ...
  std::int64_t time = 0;   // Unix seconds; 0 for now
  double quantity = 0;
  double price = 0;
  double dwell_seconds = 0;
  std::string query;
  std::string device;
  std::string channel;
  std::string locale;
  std::string request_id;  // of the answer that it followed
};

// How many events there were of each outcome: "recorded", "duplicate", "too_old", "in_future", "denied", "invalid".
struct RecordCounts {
  std::map<std::string, std::int64_t> outcomes;
  std::string first_problem;  // of an invalid one
};

// Thread-safe. Every call throws the server's Error, or Error{kUnavailable} if none answers at the address.
class EventsClient {
 public:
  EventsClient(std::string address, std::chrono::milliseconds deadline, const ClientSecurity& security = {});
  ~EventsClient();
  EventsClient(const EventsClient&) = delete;
  EventsClient& operator=(const EventsClient&) = delete;

  RecordCounts Record(const std::vector<RecordedEvent>& events) const;
  // A visitor turned out to be this shopper.
  void Identify(const std::string& visitor, const std::string& user) const;
  // Returns the receipt.
  std::string Erase(const std::string& user) const;
  // Returns all that is held, as JSON.
  std::string Export(const std::string& user) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::tools
