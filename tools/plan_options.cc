#include "plan_options.h"

namespace shortlist::tools {

void AddPlanOptions(CLI::App& command, PlanCommand& plan) {
  command.add_option("--devices", plan.devices, "Devices of the job; default: the ranks of this one.")
      ->check(CLI::Range(1, 1 << 16));
  command.add_option("--devices-per-host", plan.devices_per_host, "Devices behind one network.")
      ->check(CLI::Range(1, 1 << 10))
      ->capture_default_str();
  command.add_option("--memory", plan.memory, "Memory of a device, for example 80GB; default: train.memory_gb.");
  command.add_option("--link", plan.link, "Rate between devices of a host, each way. [450GB/s]");
  command.add_option("--network", plan.network, "Rate of a device to other hosts, each way. [50GB/s]");
  command.add_option("--compute", plan.compute, "Rate of float32 matrix products of a device. [100TFLOP/s]");
  command.add_option("--memory-rate", plan.memory_rate, "Rate of a device's memory. [3TB/s]");
  command.add_option("--items", plan.items, "Items of a catalog that is not prepared, for example 100M.");
  command.add_option("--history", plan.history, "With --items: events of a shopper's history; default: max_length.")
      ->check(CLI::Range(1, 100000));
  command.add_flag("--measure", plan.measure, "Measure the rates of this job's devices and links.");
}

void AddPlanIndexOptions(CLI::App& command, PlanIndexCommand& plan) {
  command.add_option("--items", plan.items, "Vectors, for example 10M.")->required();
  command.add_option("--width", plan.width, "Values of a vector.")->required()->check(CLI::Range(1, 1 << 16));
}

}  // namespace shortlist::tools
