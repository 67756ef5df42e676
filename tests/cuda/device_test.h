// A simulated machine for the tests of the CUDA room: without faults at the start of each test, and at its end.
#pragma once

#include <cuda_runtime_api.h>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"
#include "simt/runtime/machine.h"

namespace shortlist::cuda {

class DeviceTest : public ::testing::Test {
 protected:
  ~DeviceTest() override {
    device().Recover();
    simt::TheMachine().set_schedule({});
    simt::TheMachine().set_device_count(simt::Machine::kMostDevices);
    simt::TheMachine().set_driver_state(cudaSuccess);
    cudaGetLastError();
  }

  static simt::Device& device() { return simt::TheMachine().device(0); }
  static simt::Counts Counts() { return simt::TheMachine().counters().Read(); }

  // Expects a call to throw an Error of that code, and returns its message.
  static std::string ErrorOf(Code code, const std::function<void()>& call) {
    try {
      call();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }
};

}  // namespace shortlist::cuda
