// What a server learned of a shopper while it ran, as answers use it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profile/live_profiles.h"

namespace shortlist::serve {

struct LiveShopper {
  bool personal = true;                         // whether answers may rest on what the shopper did
  std::vector<profile::ItemEvent> events = {};  // that count as history, the latest last
  std::vector<std::string> dismissed = {};      // items whose last event says so
  std::string name = {};                        // of the shopper in models that were trained on the log; may be empty
  bool erased = false;                          // whether what a model knows of the shopper is not to be used
  bool identified = false;                      // whether the id was a visitor's, and the name is the shopper's
  bool trains = false;  // whether what is done with the shopper may be learned from; needs `profiles`
  // Whether the profiles could not be read: what the shopper agreed to is not known, so nothing may rest on it.
  bool unread = false;
};

// `profiles` is null for a server that takes no events. A visitor without an id agreed to nothing. Where the profiles
// cannot be read for now, the answer rests on nothing of the shopper.
LiveShopper ReadLiveShopper(const profile::LiveProfiles* profiles, std::optional<std::string_view> user_id);

}  // namespace shortlist::serve
