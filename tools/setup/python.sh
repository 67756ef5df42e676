# Python packages for the tests of the Python client, in deps_dir/python-<digest of the list>, as a folder for PYTHONPATH.
# The program itself needs none of them, so a Python that they are not made for is no failure.

python_requirements() { echo "$setup_dir/python_requirements.txt"; }

python_directory() { echo "python-$(sha256sum "$(python_requirements)" | cut -c1-8)"; }

python_present() { [[ -e $deps_dir/$(python_directory)/grpc ]]; }

python_fits() { [[ $("$(python_with_pip)" -c 'import sys; print(*sys.version_info[:2])') == "3 11" ]]; }

#   pip_install <list of packages with hashes> <folder>
pip_install() {
  "$(python_with_pip)" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps \
    --only-binary=:all: --require-hashes --requirement "$1" --target "$2" >&2
}

unpack_python() {
  note "downloading Python packages"
  pip_install "$(python_requirements)" result
}

install_python() {
  if python_fits; then
    install_directory "$(python_directory)" unpack_python
  else
    note "python3 is not 3.11: the tests of the Python client will be skipped"
  fi
}
