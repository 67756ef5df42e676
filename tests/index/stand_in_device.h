// Devices that compute on the CPU, as ScanDevice sees them.
#pragma once

#include "index/scan_device.h"

namespace shortlist::index {

ScanDevice WorkingDevice();
// Holds no vectors: the error of a device whose memory is full.
ScanDevice FullDevice();
// Takes vectors and fails at every search.
ScanDevice LostDevice();

}  // namespace shortlist::index
