#!/usr/bin/env bash
# Puts an image into service, waits until it is ready, asks for one prediction, and goes back to the version before when
# that fails: deploy.sh OVERLAY IMAGE@sha256:DIGEST
set -euo pipefail
overlay=${1:?usage: deploy.sh OVERLAY IMAGE@sha256:DIGEST}
image=${2:?usage: deploy.sh OVERLAY IMAGE@sha256:DIGEST}
run=(kubectl --namespace gpu-kedro)

go_back() {
  echo "the new version does not answer: going back" >&2
  "${run[@]}" get pods --selector app.kubernetes.io/name=gpu-kedro-api >&2 || true
  "${run[@]}" rollout undo deployment/gpu-kedro-api
  "${run[@]}" rollout status deployment/gpu-kedro-api --timeout 180s
  exit 1
}

ask() {
  local forward answer port=18000
  "${run[@]}" port-forward service/gpu-kedro-api "$port:80" > /dev/null &
  forward=$!
  answer=$(curl --fail --silent --show-error --retry 10 --retry-connrefused --retry-delay 1 --max-time 10 \
    "http://127.0.0.1:$port/v1/predict" --header 'Content-Type: application/json' \
    ${GPU_KEDRO_API_KEY:+--header "X-API-Key: $GPU_KEDRO_API_KEY"} --data '{"name": "RTX 3070"}') || answer=
  kill "$forward"
  grep --quiet '"spec":"GeForce RTX 3070"' <<< "$answer"
}

# the digest goes into what is applied, so that there is one change and one version to go back to
kubectl kustomize "$overlay" | sed "s|image: .*gpu_kedro:api.*|image: $image|" | kubectl apply --filename -
"${run[@]}" rollout status deployment/gpu-kedro-api --timeout 180s || go_back
ask || go_back
echo "$image is in service"
