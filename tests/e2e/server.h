// `shortlist serve` on a free port.
#pragma once

#include <csignal>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "e2e/program.h"

namespace shortlist::e2e {

class Server {
 public:
  // Waits until it serves; fails the test if it does not.
  Server(const std::filesystem::path& bundle, const std::filesystem::path& logs)
      : program_({"serve", "--bundle", bundle.string(), "--address", "127.0.0.1:0", "--admin-address", "127.0.0.1:0"},
                 logs) {
    const auto line = program_.WaitForLine("serving ");
    if (!line) {
      ADD_FAILURE() << "the server did not start: " << program_.Wait().err;
      return;
    }
    address_ = line->substr(line->find(" on ") + 4);
  }

  const std::string& address() const { return address_; }

  Outcome Stop() {
    program_.Signal(SIGTERM);
    return program_.Wait();
  }

 private:
  Program program_;
  std::string address_;
};

}  // namespace shortlist::e2e
