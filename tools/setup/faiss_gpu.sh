# Faiss for GPUs, from the same source package as faiss.sh: its headers, which compile everywhere a CUDA toolkit is, in
# deps_dir/faiss-gpu-headers-<version>, and on request what exact search needs of it as lib/libfaiss_gpu.a in
# deps_dir/faiss-gpu-<version>. It stands beside libfaiss.so, which stays free of CUDA. It is for A100, H100 and B200; set
# FAISS_GPU_ARCHITECTURES=80, 90 or 100 to have it sooner for one of them.

FAISS_GPU_SOURCES="GpuResources.cpp StandardGpuResources.cpp GpuIndex.cu GpuIndexFlat.cu impl/Distance.cu
  impl/FlatIndex.cu impl/L2Norm.cu impl/L2Select.cu impl/BroadcastSum.cu impl/VectorResidual.cu impl/IndexUtils.cu
  utils/DeviceUtils.cu utils/StackDeviceMemory.cpp utils/Timer.cpp utils/BlockSelectFloat.cu utils/blockselect/*.cu"

faiss_gpu_headers_directory() { echo "faiss-gpu-headers-$FAISS_VERSION"; }
faiss_gpu_directory() { echo "faiss-gpu-$FAISS_VERSION"; }

# A system Faiss has headers of its own, if it was built for GPUs; those of another version would not fit it.
faiss_gpu_headers_present() {
  [[ -e $deps_dir/$(faiss_gpu_headers_directory) || ! -e $deps_dir/$(faiss_directory) ]]
}
faiss_gpu_present() { [[ -e $deps_dir/$(faiss_gpu_directory)/lib/libfaiss_gpu.a ]]; }

copy_faiss_gpu_headers() {
  fetch_faiss_source
  (cd source && find faiss/gpu -name '*.h' ! -path '*/test/*' ! -path '*/perf/*') | while read -r header; do
    install -D --mode=644 "source/$header" "result/include/$header"
  done
  install -D --mode=644 source/LICENSE result/LICENSE
}

find_nvcc() { command -v nvcc || PATH=${CUDA_HOME:-/usr/local/cuda}/bin command -v nvcc; }

#   compile_faiss_gpu <nvcc> <source>     leaves an object beside the source
compile_faiss_gpu() {
  local code=() architecture
  for architecture in ${FAISS_GPU_ARCHITECTURES:-80 90 100}; do
    code+=(-gencode "arch=compute_$architecture,code=sm_$architecture")
  done
  "$1" -std=c++17 -O3 "${code[@]}" -Xcompiler -fPIC -Xfatbin -compress-all -I. -c "$2" -o "$2.o" >"$2.log" 2>&1 || {
    tail --lines=40 "$2.log" >&2
    return 1
  }
}
export -f compile_faiss_gpu

build_faiss_gpu() {
  local nvcc
  [[ -e $deps_dir/$(faiss_directory) ]] || fail "the Faiss of this machine is not $FAISS_VERSION; use one built for GPUs"
  nvcc=$(find_nvcc) || fail "Faiss for GPUs needs nvcc of a CUDA toolkit 12.8 or newer in PATH, CUDA_HOME or /usr/local/cuda"
  note "building Faiss $FAISS_VERSION for GPUs, which takes minutes"
  fetch_faiss_source
  cd source
  (cd faiss/gpu && printf 'faiss/gpu/%s\n' $FAISS_GPU_SOURCES) |
    xargs --max-procs="$(nproc)" --replace bash -c 'compile_faiss_gpu "$@"' compile "$nvcc" {} ||
    fail "building Faiss for GPUs failed"
  cd ..
  mkdir -p result/lib
  find source/faiss/gpu -name '*.o' | sort | xargs ar rcs result/lib/libfaiss_gpu.a
  install -D --mode=644 source/LICENSE result/LICENSE
}

install_faiss_gpu_headers() { install_directory "$(faiss_gpu_headers_directory)" copy_faiss_gpu_headers; }
install_faiss_gpu() { install_directory "$(faiss_gpu_directory)" build_faiss_gpu; }
