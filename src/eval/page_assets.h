// The files of src/eval/page and the chart library, put into the program by the build.
#pragma once

#include <string_view>

namespace shortlist::eval {

std::string_view PageTemplate();
std::string_view PageStyle();
std::string_view PageScript();
// Chart.js, MIT license.
std::string_view ChartLibrary();

}  // namespace shortlist::eval
