// JSON text that carries its own SHA-256, so that a change to any of its bytes is found. Manifests are sealed: they
// hold the digests of all other files, and nothing else holds theirs.
#pragma once

#include <filesystem>
#include <string>

namespace shortlist::base {

// `object` is the text of a JSON object. Returns the same object with one more, last field "sha256": the digest of all
// bytes before the comma in front of that field. Throws Error{kInternal} for text that does not end an object.
std::string SealJson(std::string object);

// The contents of a file that SealJson wrote. Throws Error{kNotFound} if it is missing and Error{kDataLoss} if any byte
// differs from what was written; both name the file.
std::string ReadSealedJson(const std::filesystem::path& path);

}  // namespace shortlist::base
