// A server process that follows a directory of made versions.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "admin_client.h"
#include "e2e/program.h"
#include "serve/made_bundle.h"
#include "shortlist/v1/admin.grpc.pb.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::faults {

class ServedModels : public ::testing::Test {
 protected:
  // Writes the version "v1".
  void SetUp() override;

  std::filesystem::path models() const { return folder_.path() / "models"; }
  std::filesystem::path MakeBundle(std::uint64_t seed) const;
  // Makes a version, which appears whole.
  void Publish(const std::string& name) const;
  // Makes a version beside the model directory.
  std::filesystem::path Prepare(const std::string& name) const;

  // Starts the server on a free port, or again on `address`. `settings` and `versions` are YAML for the sections serve
  // and serve.versions.
  void Serve(const std::string& settings = {}, const std::string& address = "127.0.0.1:0",
             const std::string& versions = {});
  void Kill();
  // SIGTERM, and the end.
  e2e::Outcome Stop();

  const std::string& address() const { return address_; }
  const tools::AdminClient& admin() const { return *admin_; }
  e2e::Program& server() { return *server_; }
  tools::ServedVersion Version(const std::string& name) const;
  // Calls of shoppers that the server has not done with.
  std::int64_t CallsUnderWay() const;
  // The name of the version that has the traffic.
  std::string Stable() const;

  // Waits until it is so; fails the test after a minute.
  static void Await(const std::string& what, const std::function<bool()>& is_so);

  v1::Retrieval::Stub& stub() const { return *stub_; }
  // One call of the server.
  grpc::Status Recommend(v1::RecommendResponse& response, std::chrono::milliseconds deadline) const;
  // Fails the test unless a call is answered as it should be.
  void ExpectAnswer() const;

  serve::ScratchFolder folder_;

 private:
  std::unique_ptr<e2e::Program> server_;
  std::string address_;
  std::unique_ptr<v1::Retrieval::Stub> stub_;
  std::unique_ptr<v1::Admin::Stub> admin_stub_;
  std::unique_ptr<tools::AdminClient> admin_;
};

}  // namespace shortlist::faults
