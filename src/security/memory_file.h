// A file that exists in memory only, for libraries that take secrets by path.
#pragma once

#include <string>
#include <string_view>

namespace shortlist::security {

// Not thread-safe; readers of the path need no care.
class MemoryFile {
 public:
  // Throws Error{kUnavailable} if the system gives no memory or no descriptor.
  explicit MemoryFile(std::string_view contents);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  // Opens in this process, with the contents of that moment.
  std::string path() const;
  // Whoever opens the path reads the old contents or the new, never a mixture.
  void Replace(std::string_view contents);

 private:
  int descriptor_ = -1;
};

}  // namespace shortlist::security
