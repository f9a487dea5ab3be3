# One file, three images: `api` serves, `app` is the Streamlit front end, `train` runs Kedro (and Dask, and MLflow).
# `docker build .` makes the service with the current bundle of data/06_models/bundles; with `--build-arg BUNDLE=mounted`
# it takes a store that is mounted at /bundles. Each image holds only what its lock in deploy/locks names, checked by hash.
ARG PYTHON_IMAGE=docker.io/library/python:3.13.15-slim-bookworm@sha256:2325bb286ec344af3e5898cc224b5844e2707ac6e26b1632516fd3edc84a5e26
ARG BUNDLE=baked

FROM ${PYTHON_IMAGE} AS installer
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1
RUN --mount=type=bind,source=requirements-uv.lock,target=/locks/uv.lock \
    python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /locks/uv.lock \
    && uv venv /opt/venv

FROM installer AS api-packages
RUN --mount=type=bind,source=deploy/locks/api.lock,target=/locks/api.lock \
    uv pip install --python /opt/venv --require-hashes -r /locks/api.lock
# A third of the packages' size that serving never opens: headers, tests, a network protocol and tools for training.
WORKDIR /opt/venv/lib/python3.13/site-packages
RUN rm -r pyarrow/include pyarrow/tests pyarrow/*flight* onnxruntime/quantization onnxruntime/tools onnxruntime/transformers \
    && find numpy -depth -type d -name tests -exec rm -r {} +

FROM installer AS app-packages
RUN --mount=type=bind,source=deploy/locks/app.lock,target=/locks/app.lock \
    uv pip install --python /opt/venv --require-hashes -r /locks/app.lock

FROM installer AS train-packages
RUN --mount=type=bind,source=deploy/locks/train.lock,target=/locks/train.lock \
    uv pip install --python /opt/venv --require-hashes -r /locks/train.lock

# The project's own code, compiled: a read-only root cannot keep bytecode.
FROM ${PYTHON_IMAGE} AS sources
WORKDIR /app
COPY src/gpu_kedro src/gpu_kedro
COPY api api
COPY streamlit_app streamlit_app
RUN python -m compileall -q src api streamlit_app

FROM ${PYTHON_IMAGE} AS bundle-mounted
RUN mkdir /bundles

# Only the version that the pointer names, readable by every user.
FROM ${PYTHON_IMAGE} AS bundle-baked
WORKDIR /store
COPY data/06_models/bundles .
RUN version=$(python -c 'import json; print(json.load(open("current.json"))["version"])') \
    && mkdir /bundles \
    && cp -r "$version" current.json /bundles/ \
    && chmod -R a+rX /bundles

# hadolint ignore=DL3006
FROM bundle-${BUNDLE} AS bundle

FROM ${PYTHON_IMAGE} AS runtime
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin gpu \
    && install --directory --owner gpu --group gpu /bundles /data /mlruns
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/src:/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DO_NOT_TRACK=1 \
    HOME=/tmp
WORKDIR /app

FROM runtime AS app
COPY --from=app-packages /opt/venv /opt/venv
COPY --from=sources /app /app
# without an address to show, Streamlit asks another host for this machine's
ENV STREAMLIT_SERVER_ADDRESS=0.0.0.0 STREAMLIT_BROWSER_SERVER_ADDRESS=localhost PORT=8501
USER 10001:10001
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/_stcore/health', timeout=2)"]
# a shell for $PORT only; `exec` leaves Streamlit alone to take the SIGTERM
CMD ["sh", "-c", "exec streamlit run streamlit_app/app.py --server.port \"$PORT\""]

FROM runtime AS train
COPY --from=train-packages /opt/venv /opt/venv
COPY --from=sources /app /app
COPY pyproject.toml ./
COPY conf conf
COPY data/01_raw/gpu_benchmarks.csv data/01_raw/
ENV GPU_KEDRO_DATA_DIR=/data \
    GPU_KEDRO_MLRUNS_DIR=/mlruns \
    GPU_KEDRO_BUNDLES=/data/06_models/bundles
USER 10001:10001
# what runs here ends by itself; a service made of this image says how it is (compose.yml)
HEALTHCHECK NONE
CMD ["kedro", "run"]

# The last one is the default.
FROM runtime AS api
COPY --from=api-packages /opt/venv /opt/venv
COPY --from=sources /app/src /app/src
COPY --from=sources /app/api /app/api
COPY --from=bundle /bundles /bundles
ENV GPU_KEDRO_BUNDLES=/bundles GPU_KEDRO_HOST=0.0.0.0 PORT=8000
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/health/ready', timeout=2)"]
CMD ["python", "-m", "api.server"]
