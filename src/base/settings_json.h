// Settings as JSON, for the manifests of artifacts and for digests.
#pragma once

#include <string>
#include <string_view>

#include "shortlist/settings.h"

namespace shortlist::base {

// Canonical: every field, in the order of declaration, without spaces, numbers in the shortest form that reads back the
// same. Equal settings give equal text, so Sha256(SettingsToJson(s)) identifies them.
//
// Defined for Settings, DataSettings, FeaturesSettings, ModelSettings, HistorySettings, TrainSettings,
// TuneSettings, RetrainSettings, EvaluateSettings, IndexSettings, VectorIndexSettings, ServeSettings, VersionSettings
// and SynthesizeSettings.
template <class Group>
std::string SettingsToJson(const Group& settings);

// The inverse. Fields that are missing keep their defaults. Throws Error{kDataLoss} naming the field for text that is
// not such settings: an unknown field, another type, a value out of bounds.
template <class Group>
Group SettingsFromJson(std::string_view json);

}  // namespace shortlist::base
