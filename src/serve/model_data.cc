#include "serve/model_data.h"

#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

namespace shortlist::serve {
namespace {

std::set<std::string> NamesOf(const std::string& id, const profile::ShopperData& data) {
  std::set<std::string> names{id, data.name};
  if (data.profile) names.insert(data.profile->visitors.begin(), data.profile->visitors.end());
  return names;
}

profile::ModelData DataOf(std::string_view policy, const index::Bundle& bundle, std::int32_t user) {
  profile::ModelData data{bundle.version(), std::string(policy), std::string(bundle.UserId(user))};
  const auto items = bundle.HistoryItems(user);
  const auto times = bundle.HistoryTimes(user);
  for (std::size_t i = 0; i < items.size(); ++i) {
    profile::ModelEvent event{std::string(bundle.ItemId(items[i])), {}};
    if (bundle.history_has_times()) event.time = times[i];
    data.history.push_back(std::move(event));
  }
  data.vector = bundle.users().Vector(user);
  return data;
}

}  // namespace

std::vector<profile::ModelData> ReadModelData(const Traffic& traffic, const std::string& id,
                                              const profile::ShopperData& data) {
  std::vector<profile::ModelData> held;
  for (const auto& [policy, snapshot] : {std::pair("stable", traffic.stable), std::pair("canary", traffic.canary)}) {
    if (snapshot == nullptr) continue;
    for (const std::string& name : NamesOf(id, data)) {
      const std::int32_t user = snapshot->bundle().FindUser(name);
      if (user >= 0) held.push_back(DataOf(policy, snapshot->bundle(), user));
    }
  }
  return held;
}

}  // namespace shortlist::serve
