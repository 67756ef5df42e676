// The configuration: YAML text to checked settings, and the settings' own documentation. The fields, their defaults and
// bounds are declared once, in include/shortlist/settings/.
//
// The YAML mirrors the structs: a mapping per struct, a key per field. Everything is optional. A list of texts, numbers
// or names that has one element may be written without brackets. Anchors and aliases work; merge keys (<<) do not.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "shortlist/settings.h"

namespace shortlist::config {

// Reads and checks a configuration file. Throws Error{kNotFound} if there is none, and Error{kInvalidArgument} whose
// message lists every problem of the file, a line each:
//
//   retailer.yaml:12:3: model.dimensions: unknown field; did you mean 'dimension'?
Settings LoadSettings(const std::filesystem::path& path);

// As LoadSettings, for text; `name` stands for the file in messages.
Settings ParseSettings(std::string_view text, const std::string& name);

// JSON Schema (draft 2020-12) of the configuration, for editors.
std::string JsonSchema();

// docs/config.md.
std::string MarkdownReference();

}  // namespace shortlist::config
