// Work that can wait makes room for work that cannot.
#pragma once

namespace shortlist::base {

// From now on the calling thread gets processor time that others leave over. Cannot be undone without privileges: for
// threads that do nothing else.
void LowerThreadPriority();

}  // namespace shortlist::base
