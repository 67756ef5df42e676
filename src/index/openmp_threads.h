// OpenMP threads of the calling thread, for the time of a scope. Searches run with one: a team per concurrent search
// makes all of them slower than one thread each.
#pragma once

namespace shortlist::index {

class OpenMpThreads {
 public:
  // Zero or less means one per available core.
  explicit OpenMpThreads(int threads);
  ~OpenMpThreads();
  OpenMpThreads(const OpenMpThreads&) = delete;
  OpenMpThreads& operator=(const OpenMpThreads&) = delete;

 private:
  int before_;
};

}  // namespace shortlist::index
