// Work that can wait makes room for work that cannot.
#pragma once

namespace shortlist::base {

// From now on the kernel treats the calling thread as background work (SCHED_BATCH), which never preempts a thread that
// wakes up to answer. For threads that do nothing else. The share of the processor stays as it is on purpose: a thread
// that starves while it holds a lock of the allocator or of the address space makes all others wait for it.
void LowerThreadPriority();

}  // namespace shortlist::base
