// What a server opens of its folder of events: the key that the folder is written with, and the store of profiles.
#pragma once

#include <memory>

#include "profile/keyed_ids.h"
#include "profile/profile_store.h"
#include "shortlist/settings/serve_events.h"

namespace shortlist::profile {

// Names by the key of settings.key_file, which is made for a new folder. Throws Error{kInvalidArgument} if that file is
// inside of the folder, Error{kFailedPrecondition} if the folder was written with another key, and Error{kNotFound} if
// the key of a folder is missing.
KeyedIds OpenIds(const LiveEventSettings& settings);

// In the folder, or a Redis under a name that no other server has as long as its folder is there. Throws what the
// constructors of stores throw.
std::unique_ptr<ProfileStore> OpenStore(const LiveEventSettings& settings, const KeyedIds& ids, StoreMemory memory);

}  // namespace shortlist::profile
