# syntax=docker/dockerfile:1

FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
COPY requirements/run.txt ./
# Byte code is written here, once, and is used without looking at the time stamps of the sources.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --no-compile --require-hashes --only-binary=:all: -r run.txt \
    && /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/venv/lib

FROM python:3.11.14-slim-bookworm
# The folder of the card vault belongs to the user, so that a new named volume mounted on it does too.
RUN groupadd --system --gid 10001 holdfast \
    && useradd --system --uid 10001 --gid holdfast --no-create-home --shell /usr/sbin/nologin holdfast \
    && install --directory --owner=holdfast --group=holdfast --mode=0700 /var/lib/holdfast
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY holdfast ./holdfast
COPY settlement ./settlement
COPY activities ./activities
COPY workflows ./workflows
COPY services ./services
COPY worker.py webhook.py codec_server.py ./
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /app
ARG HOLDFAST_VERSION="0.1.0"
# The commit, which the build context does not hold: --build-arg HOLDFAST_BUILD_ID=$(git rev-parse --short HEAD)
ARG HOLDFAST_BUILD_ID=""
LABEL org.opencontainers.image.title="Holdfast" \
      org.opencontainers.image.description="Card payments through Antom as durable Temporal workflows: worker, webhook and codec server" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$HOLDFAST_VERSION" \
      org.opencontainers.image.revision="$HOLDFAST_BUILD_ID"
ENV HOLDFAST_BUILD_ID=$HOLDFAST_BUILD_ID \
    PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOLDFAST_METRICS_BIND=127.0.0.1:9464 \
    HEALTH_URL=http://127.0.0.1:9464/metrics
USER 10001:10001
# The worker answers on its metrics address. Run the webhook with HEALTH_URL=http://127.0.0.1:8080/healthz, and
# the codec server with HEALTH_URL=http://127.0.0.1:8234/healthz.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os; from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open(os.environ['HEALTH_URL'], timeout=4)"]
CMD ["python", "worker.py"]
