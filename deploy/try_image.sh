#!/usr/bin/env bash
# Starts an image of the service as it runs in a cluster, asks it for one prediction, and ends it: try_image.sh IMAGE
set -euo pipefail
image=${1:?usage: try_image.sh IMAGE}
name=gpu_kedro_try_$$
trap 'docker rm --force "$name" > /dev/null 2>&1 || true' EXIT
docker run --detach --name "$name" --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
  --memory 512m --publish 127.0.0.1::8000 "$image" > /dev/null
address=http://$(docker port "$name" 8000 | head -n 1)
for _ in $(seq 60); do
  curl --fail --silent --max-time 2 "$address/health/ready" > /dev/null && break
  sleep 0.5
done
answer=$(curl --fail --silent --show-error --max-time 10 "$address/v1/predict" \
  --header 'Content-Type: application/json' --data '{"name": "RTX 3070"}') || { docker logs "$name" >&2; exit 1; }
grep --quiet '"spec":"GeForce RTX 3070"' <<< "$answer" || { echo "unexpected answer: $answer" >&2; exit 1; }
docker stop --time 30 "$name" > /dev/null
code=$(docker inspect --format '{{.State.ExitCode}}' "$name")
[ "$code" = 0 ] || { echo "ended with $code on SIGTERM" >&2; exit 1; }
echo "$image answers, and ends cleanly"
