#include "profile/shopper_data.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/settings_kind.h"

namespace shortlist::profile {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Consent& consent) {
  return {{"purposes", PurposesOf(consent)},
          {"version", consent.version},
          {"source", consent.source},
          {"time", consent.time}};
}

Json ToJson(const Profile& profile) {
  Json events = Json::array();
  for (const ItemEvent& event : profile.events) {
    events.push_back({{"item", event.item}, {"event_type", base::NameOf(event.kind)}, {"time", event.time}});
  }
  Json activity = Json::object();
  for (std::size_t kind = 0; kind < profile.activity.size(); ++kind) {
    const Activity& done = profile.activity[kind];
    if (done.events == 0) continue;
    activity[std::string(base::NameOf(static_cast<EventKind>(kind)))] = {
        {"events", done.events}, {"first", done.first}, {"last", done.last}};
  }
  return {{"events", events},
          {"activity", activity},
          {"visitors", profile.visitors},
          {"consent", profile.consent ? ToJson(*profile.consent) : Json(nullptr)}};
}

// What is not known is left out.
Json ToJson(const Event& event) {
  Json json{{"event_id", event.id}, {"event_type", base::NameOf(event.kind)}, {"time", event.time}};
  for (const auto& [name, text] : {std::pair("item", &event.item), std::pair("query", &event.query),
                                   std::pair("device", &event.device), std::pair("channel", &event.channel),
                                   std::pair("locale", &event.locale), std::pair("request_id", &event.request)}) {
    if (!text->empty()) json[name] = *text;
  }
  for (const auto& [name, amount] : {std::pair("quantity", event.quantity), std::pair("price", event.price),
                                     std::pair("dwell_seconds", event.dwell_seconds)}) {
    if (amount != 0) json[name] = amount;
  }
  return json;
}

Json ToJson(const Decision& decision) {
  Json items = Json::array();
  for (const ShownItem& shown : decision.items) {
    Json item{{"item", shown.item}, {"score", shown.score}, {"reason", shown.reason}};
    if (shown.probability) item["probability"] = *shown.probability;
    items.push_back(std::move(item));
  }
  return {{"request_id", decision.request},
          {"time", decision.time},
          {"bundle_version", decision.bundle},
          {"policy", decision.policy},
          {"reason", decision.reason},
          {"k", decision.wanted},
          {"history_events", decision.history_events},
          {"context", Json::parse(decision.context, nullptr, false)},
          {"items", std::move(items)}};
}

Json ToJson(const ModelData& model) {
  Json history = Json::array();
  for (const ModelEvent& event : model.history) {
    Json json{{"item", event.item}};
    if (event.time) json["time"] = *event.time;
    history.push_back(std::move(json));
  }
  return {{"bundle_version", model.version},
          {"policy", model.policy},
          {"user", model.user},
          {"history", std::move(history)},
          {"vector", model.vector}};
}

}  // namespace

std::string ToJson(const ShopperData& data) {
  Json json{{"user", data.name}, {"profile", data.profile ? ToJson(*data.profile) : Json(nullptr)}};
  json["events"] = Json::array();
  for (const Event& event : data.entries.events) json["events"].push_back(ToJson(event));
  json["consents"] = Json::array();
  for (const ConsentChange& change : data.entries.consents) json["consents"].push_back(ToJson(change.consent));
  json["decisions"] = Json::array();
  for (const Decision& decision : data.decisions) json["decisions"].push_back(ToJson(decision));
  json["models"] = Json::array();
  for (const ModelData& model : data.models) json["models"].push_back(ToJson(model));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shortlist::profile
