#include "faults/load.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::faults {
namespace {

// Connections of their own, not gRPC's shared one.
std::unique_ptr<v1::Retrieval::Stub> Connect(const std::string& address, int connection) {
  grpc::ChannelArguments arguments;
  arguments.SetInt("connection", connection);
  return v1::Retrieval::NewStub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
}

grpc::Status Call(v1::Retrieval::Stub& stub, int number, std::chrono::milliseconds deadline) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + deadline);
  v1::RecommendRequest request;
  v1::RecommendResponse response;
  request.set_user_id("user-" + std::to_string(number % 12));
  request.set_k(10);
  grpc::Status status = stub.Recommend(&context, request, &response);
  if (!status.ok() || response.items_size() == 10) return status;
  return {grpc::StatusCode::INTERNAL, "an answer of " + std::to_string(response.items_size()) + " items"};
}

}  // namespace

Load::Load(const LoadOptions& options) : records_(static_cast<std::size_t>(options.connections)) {
  for (int connection = 0; connection < options.connections; ++connection) {
    std::vector<CallRecord>& records = records_[static_cast<std::size_t>(connection)];
    threads_.emplace_back([this, options, connection, &records] { Run(options, connection, records); });
  }
}

Load::~Load() {
  Stop();
}

void Load::Run(const LoadOptions& options, int connection, std::vector<CallRecord>& records) {
  const auto stub = Connect(options.address, connection);
  const auto period = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(options.connections / options.calls_per_second));
  Clock::time_point due = Clock::now() + period * connection / options.connections;
  for (int number = connection; !stopping_; ++number, due += period) {
    std::this_thread::sleep_until(due);
    const grpc::Status status = Call(*stub, number, options.deadline);
    records.push_back({due, Clock::now(), status.error_code(), status.error_message()});
    if (status.ok()) ++answered_;
  }
}

std::vector<CallRecord> Load::Stop() {
  stopping_ = true;
  threads_.clear();
  std::vector<CallRecord> all;
  for (std::vector<CallRecord>& records : records_) {
    std::ranges::move(records, std::back_inserter(all));
    records.clear();
  }
  return all;
}

double Percentile(std::vector<double> milliseconds, double share) {
  if (milliseconds.empty()) return 0;
  const auto place = static_cast<std::size_t>(std::ceil(share * static_cast<double>(milliseconds.size()))) - 1;
  std::ranges::nth_element(milliseconds, milliseconds.begin() + static_cast<std::ptrdiff_t>(place));
  return milliseconds[place];
}

}  // namespace shortlist::faults
