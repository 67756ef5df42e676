// Writes the manifest of a made bundle, without its seal, as the seed that the manifest's fuzzer begins with.
//
//   write_manifest_seed OUTPUT_DIRECTORY
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "serve/made_bundle.h"

int main(int argc, char** argv) {
  using namespace shortlist::serve;
  if (argc != 2) return 2;
  const ScratchFolder scratch;
  std::ifstream manifest(WriteMadeBundle(MadeRetailer(), scratch.path()) / "manifest.json");
  auto json = nlohmann::ordered_json::parse(manifest);
  json.erase("sha256");
  const std::filesystem::path output(argv[1]);
  std::filesystem::create_directories(output);
  return (std::ofstream(output / "made.json") << json.dump()) ? 0 : 1;
}
