// Work that can wait makes room for work that cannot.
#pragma once

namespace shortlist::base {

// From now on the kernel treats the calling thread, and those that it starts, as background work: it never preempts a
// thread that wakes up to answer, and such a thread preempts it without waiting for the end of its slice. For threads
// that do nothing else. Its share of a busy processor is a tenth of another thread's and not less on purpose: a thread
// that starves while it holds a lock of the allocator or of the address space makes all others wait for it.
void LowerThreadPriority();

}  // namespace shortlist::base
