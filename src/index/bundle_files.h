// Names of the files in a bundle, relative to its directory.
#pragma once

namespace shortlist::index {

inline constexpr const char* kManifestFile = "manifest.json";
inline constexpr const char* kModelDirectory = "model";
inline constexpr const char* kRepeatFile = "repeat.json";
inline constexpr const char* kItemGraphFile = "features/items.json";
inline constexpr const char* kContextGraphFile = "features/context.json";
inline constexpr const char* kItemsFile = "items.safetensors";
inline constexpr const char* kUsersFile = "users.safetensors";
inline constexpr const char* kItemIndexFile = "items.faiss";
inline constexpr const char* kUserIndexFile = "users.faiss";
inline constexpr const char* kSampleFile = "sample.safetensors";

}  // namespace shortlist::index
