# Arrow and Parquet for C++, out of the pyarrow wheel, in deps_dir/arrow-<version> as include/, lib/ and licenses/.

arrow_directory() { echo "arrow-$PYARROW_VERSION"; }

arrow_present() { [[ -e $deps_dir/$(arrow_directory)/include/arrow/api.h ]]; }

python_with_pip() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -m pip --version >/dev/null 2>&1; then
      echo "$python"
      return
    fi
  done
  fail "no python3 with pip, although python3-pip is installed"
}

unpack_arrow() {
  note "downloading $PYARROW_WHEEL"
  "$(python_with_pip)" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --platform manylinux_2_28_x86_64 --implementation cp --python-version 3.11 --abi cp311 \
    "pyarrow==$PYARROW_VERSION" >&2
  verify_sha256 "$PYARROW_WHEEL" "$PYARROW_SHA256"
  unzip -q "$PYARROW_WHEEL" 'pyarrow/include/*' 'pyarrow/lib*.so.*' 'pyarrow-*.dist-info/licenses/*' -d wheel
  mkdir result/lib
  mv wheel/pyarrow/include wheel/pyarrow-*.dist-info/licenses result/
  local library
  for library in arrow arrow_compute arrow_acero arrow_dataset parquet; do
    mv wheel/pyarrow/lib$library.so.* result/lib/
  done
  python3 "$setup_dir/hide_foreign_symbols.py" result/lib/* >&2
}

install_arrow() { install_directory "$(arrow_directory)" unpack_arrow; }
