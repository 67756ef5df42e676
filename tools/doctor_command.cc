#include <iostream>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/machine.h"
#include "base/plugin.h"
#include "commands.h"
#include "index/faiss_description.h"
#include "index/scan_device.h"
#include "report.h"
#include "tensor/device_choice.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string Line(std::string_view name, std::string_view value) {
  return fmt::format("{:<14}{}\n", name, value);
}

std::string CoresText(const base::MachineReport& machine) {
  std::string text = std::to_string(machine.cores);
  if (machine.core_limit > 0) text += fmt::format(", limited to {:.1f} by the container", machine.core_limit);
  return text;
}

std::string BlasText(const base::MachineReport& machine) {
  if (machine.blas_library.empty()) return "missing: the program cannot train or serve without OpenBLAS";
  return machine.blas_library + (machine.blas_core.empty() ? "" : ", kernels for " + machine.blas_core);
}

std::string ComponentLine(const base::Component& component) {
  const std::string needed = component.present ? "" : "; needed for " + component.needed_for;
  return Line(component.name, (component.present ? "" : "missing: ") + component.detail + needed);
}

std::string GpuText(const tensor::DeviceLibrary& library) {
  const tensor::DeviceChoice choice = tensor::ChooseDevice({}, library);
  return choice.device.kind == DeviceKind::kCpu ? "not used: " + choice.reason : "used: " + choice.reason;
}

index::ScanDeviceChoice ScanChoice(const tensor::DeviceLibrary& library) {
  return index::ChooseScanDevice(tensor::ChooseDevice({}, library).device, base::PluginDirectories());
}

std::string ScanText(const index::ScanDeviceChoice& choice) {
  return choice.device ? "used: vectors are scanned on " + choice.device->Name() : "not used: " + choice.reason;
}

std::string Text(const base::MachineReport& machine, const tensor::DeviceLibrary& library) {
  std::string text = Line("processor", machine.cpu_model);
  text += Line("cores", CoresText(machine));
  text += Line("memory", fmt::format("{:.1f} GiB", static_cast<double>(machine.memory_bytes) / (1 << 30)));
  text += Line("instructions", fmt::format("{}", fmt::join(machine.cpu_features, " ")));
  text += Line("BLAS", BlasText(machine));
  text += Line("Faiss", index::FaissDescription());
  text += Line("CUDA", GpuText(library));
  text += Line("Faiss on GPU", ScanText(ScanChoice(library)));
  for (const base::Component& component : machine.components) text += ComponentLine(component);
  return text;
}

OrderedJson JsonOf(const tensor::DeviceLibrary& library) {
  OrderedJson devices = OrderedJson::array();
  for (const tensor::DeviceDescription& device : library.devices) {
    devices.push_back({{"name", device.name}, {"memory_bytes", device.memory_bytes}});
  }
  return {{"devices", devices}, {"problem", library.problem}};
}

std::string Json(const base::MachineReport& machine, const tensor::DeviceLibrary& library) {
  OrderedJson components = OrderedJson::array();
  for (const base::Component& component : machine.components) {
    components.push_back({{"name", component.name},
                          {"present", component.present},
                          {"detail", component.detail},
                          {"needed_for", component.needed_for}});
  }
  return OrderedJson{{"cpu_model", machine.cpu_model},
                     {"cores", machine.cores},
                     {"core_limit", machine.core_limit},
                     {"memory_bytes", machine.memory_bytes},
                     {"cpu_features", machine.cpu_features},
                     {"blas_library", machine.blas_library},
                     {"blas_core", machine.blas_core},
                     {"faiss", index::FaissDescription()},
                     {"cuda", JsonOf(library)},
                     {"faiss_gpu", ScanText(ScanChoice(library))},
                     {"components", components}}
             .dump(2) +
         "\n";
}

}  // namespace

void Execute(const DoctorCommand& command) {
  const base::MachineReport machine = base::ProbeMachine();
  const tensor::DeviceLibrary library = FindDevices();
  WriteResult(command.json, Json(machine, library));
  std::cout << Text(machine, library);
}

}  // namespace shortlist::tools
