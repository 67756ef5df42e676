// Orderly stops: SIGTERM and SIGINT set a flag that long work polls.
#pragma once

namespace shortlist::base {

// Installs handlers for SIGTERM and SIGINT. A second signal of the same kind ends the process at once. Call once, from
// a program's main.
void InstallStopSignals();

// True once a stop has been asked for. Async-signal-safe and cheap.
bool StopRequested();

// Blocks until a stop is asked for.
void WaitForStop();

}  // namespace shortlist::base
