// Where the program computes, and what it says of it.
#include <cstdlib>
#include <dlfcn.h>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "e2e/retailer.h"

namespace shortlist::e2e {
namespace {

using ::testing::HasSubstr;

class DeviceTest : public Retailer {
 protected:
  Settings QuickSettings(const std::string& device) const {
    Settings settings = MakeSettings();
    settings.device = device;
    settings.model.dimension = 8;
    settings.train.epochs = 1;
    settings.train.max_steps = 4;
    settings.train.batch_size = 32;
    settings.train.early_stop.max_users = 20;
    return settings;
  }
  std::string Configuration(const std::string& device) const {
    return WriteConfiguration(QuickSettings(device), device.substr(0, 4) + ".yaml");
  }
};

class WithoutDriverTest : public DeviceTest {
 protected:
  void SetUp() override {
    if (dlopen("libcuda.so.1", RTLD_LAZY) != nullptr) GTEST_SKIP() << "this machine has a CUDA driver";
    DeviceTest::SetUp();
  }
};

TEST_F(WithoutDriverTest, AutoTakesTheCpuAndSaysWhy) {
  const std::string config = Configuration("auto");
  Succeed({"prepare", config});
  EXPECT_THAT(Succeed({"train", config}).err,
              HasSubstr("computing on cpu in fp32, because there is no CUDA driver: libcuda.so.1 does not open"));
  const std::string doctor = Succeed({"doctor"}).out;
  EXPECT_THAT(doctor, HasSubstr("not used: there is no CUDA driver"));
  EXPECT_THAT(doctor, HasSubstr("Faiss on GPU  not used: Faiss for GPUs is"));
}

TEST_F(WithoutDriverTest, ADeviceThatIsAskedForMustAnswer) {
  const std::string config = Configuration("cuda:0");
  Succeed({"prepare", config});
  const Outcome outcome = Shortlist({"train", config});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("error: UNAVAILABLE: device: cuda:0 does not answer: there is no CUDA driver"));
}

// The plug-in built for the simulated machine of tests/simt, with a driver that only opens.
class SimulatedDeviceTest : public DeviceTest {
 protected:
  void SetUp() override {
    if (std::string(SIMULATED_DEVICE_DIR).empty()) GTEST_SKIP() << "no headers of a CUDA toolkit are installed";
    setenv("SHORTLIST_PLUGIN_DIR", SIMULATED_DEVICE_DIR, 1);
    setenv("LD_LIBRARY_PATH", SIMULATED_DEVICE_DIR, 1);
    DeviceTest::SetUp();
  }
  void TearDown() override {
    unsetenv("SHORTLIST_PLUGIN_DIR");
    unsetenv("LD_LIBRARY_PATH");
  }
};

TEST_F(SimulatedDeviceTest, IsTakenByAutoAndItsCheckpointIsOfNoDevice) {
  EXPECT_THAT(Succeed({"doctor"}).out, HasSubstr("used: it is the first GPU that answers"));
  const std::string config = Configuration("auto");
  Succeed({"prepare", config});
  EXPECT_THAT(Succeed({"train", config}).err, HasSubstr("computing on cuda:0 in fp32, because it is the first GPU"));
  const std::string on_cpu = Configuration("cpu");
  EXPECT_THAT(Succeed({"evaluate", on_cpu}).err,
              HasSubstr("computing on cpu in fp32, because the configuration says so"));
}

TEST_F(SimulatedDeviceTest, VectorsAreScannedWhereModelsCompute) {
  if (std::string(FAISS_GPU_STAND_IN_DIR).empty()) GTEST_SKIP() << "the headers of Faiss for GPUs are not installed";
  EXPECT_THAT(Succeed({"doctor"}).out, HasSubstr("Faiss on GPU  used: vectors are scanned on cuda:0"));
  const std::string config = Configuration("auto");
  Succeed({"prepare", config});
  Succeed({"train", config});
  const std::string scans = "vectors are scanned on cuda:0, because Faiss for GPUs is built in";
  EXPECT_THAT(Succeed({"index", config}).err, HasSubstr(scans));
  EXPECT_THAT(Succeed({"export", config, "--out", (scratch_ / "shortlists").string()}).err, HasSubstr(scans));
}

}  // namespace
}  // namespace shortlist::e2e
