// shortlist.v1.Events over the callback API.
#pragma once

#include <string>

#include "profile/live_profiles.h"
#include "serve/grpc_answer.h"
#include "serve/retrieval.h"
#include "shortlist/v1/events.grpc.pb.h"

namespace shortlist::serve {

using RawEvents = v1::Events::WithRawCallbackMethod_Record<v1::Events::WithRawCallbackMethod_RecordStream<
    v1::Events::WithRawCallbackMethod_SetConsent<v1::Events::WithRawCallbackMethod_Identify<
        v1::Events::WithRawCallbackMethod_Erase<v1::Events::WithRawCallbackMethod_Export<v1::Events::Service>>>>>>;

class GrpcEventsService final : public RawEvents {
 public:
  // Without profiles every call is FAILED_PRECONDITION. All must outlive the service and its calls.
  GrpcEventsService(profile::LiveProfiles* profiles, const RetrievalService& retrieval, CallPath& path,
                    const OverloadSettings& overload)
      : profiles_(profiles),
        retrieval_(retrieval),
        // Their callers wait for the disk, those of one flush together.
        workers_({.threads = 16, .most_waiting = static_cast<std::size_t>(overload.max_waiting), .most_direct = 0}),
        resources_{path, workers_, overload} {}

  grpc::ServerUnaryReactor* Record(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* RecordStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* SetConsent(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Identify(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Erase(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Export(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;

 private:
  profile::LiveProfiles& Profiles() const;
  void RecordAll(const v1::RecordRequest& request, bool objects, v1::RecordResponse& response) const;
  void ChangeConsent(const v1::SetConsentRequest& request) const;
  void IdentifyVisitor(const v1::IdentifyRequest& request) const;
  profile::ShopperData AllThatIsHeld(const std::string& user_id) const;

  profile::LiveProfiles* profiles_;
  const RetrievalService& retrieval_;
  Workers workers_;
  CallResources resources_;
};

}  // namespace shortlist::serve
