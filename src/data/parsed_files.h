// A folder with the parsed forms of event files, so that the next prepare need not read again what has not changed.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/exclusive_directory.h"
#include "data/event.h"
#include "data/parsed_file.h"
#include "data/source_files.h"
#include "shortlist/settings/data.h"

namespace shortlist::data {

// A parsed form is named by the SHA-256 of all that it follows from: the bytes of its file, their format, the settings
// by which rows are read and parsed, and kParsedFileVersion. Neither path nor time of a file matter, nor consent. Held
// by one process at a time. Not thread-safe.
class ParsedFiles {
 public:
  // Takes away the parsed forms of all but `files`. Makes the folder if it is missing. `schema` is that of
  // MakeEventSchema, and only its columns are used. Throws Error{kFailedPrecondition} if another process holds the
  // folder, Error{kInvalidArgument} if a file cannot be read.
  ParsedFiles(const std::filesystem::path& folder, const EventSource& source, const EventSchema& schema,
              const std::vector<SourceFile>& files);

  // Whether there is a parsed form, whole or not.
  bool Has(const SourceFile& file) const;
  // The parsed form of one of the files, which is made where there is none or where it is damaged. Nothing for a file
  // that changed while it was read.
  std::optional<ParsedFile> Open(const SourceFile& file) const;

 private:
  struct Named {
    std::string contents;  // their digest
    std::filesystem::path path;
  };

  const Named& NameOf(const SourceFile& file) const;
  void RemoveOthers() const;
  bool Make(const SourceFile& file, const Named& named) const;

  base::ExclusiveDirectory folder_;
  EventSource source_;
  EventSchema schema_;
  std::map<std::string, Named> names_;  // by the path of the file
};

}  // namespace shortlist::data
