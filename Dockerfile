# syntax=docker/dockerfile:1
# Parley's image. docs/operations.md#container says how it is built and run.
#
#   docker build -t parley .
#   docker build -t parley:cuda --build-arg GPU=cuda .
#
# Without Docker, tools/container/rehearse.mjs runs the same lines in a clean root.

# Pinned by version. For builds that repeat bit by bit give the digest, too: NODE_IMAGE=node:20.20.2-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:20.20.2-bookworm-slim
# CUDA 13, for which node-llama-cpp's package is built: the driver of the machine has to be 580 or newer.
ARG CUDA_IMAGE=nvidia/cuda:13.0.2-runtime-ubuntu24.04
# none or cuda
ARG GPU=none

# dist/
FROM ${NODE_IMAGE} AS build
WORKDIR /opt/parley
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.json ./
COPY tools/build tools/build
COPY src src
# PostgreSQL makes the files of the store's template for its owner alone; here another user reads them.
RUN npm run build && chmod -R a+rX dist

# node_modules/: what the service needs at run time, with llama.cpp built from the source inside node-llama-cpp
FROM ${NODE_IMAGE} AS dependencies
RUN test "$(uname -m)" = x86_64 || { echo "linux/amd64 only: llama.cpp's variants for arm64 need GCC 14" >&2; exit 1; }
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates cmake g++ git make \
  && rm -rf /var/lib/apt/lists/*
# GCC 12 says that ldtilecfg reads 8 bytes. It reads 64, the compiler drops what llama.cpp writes to the other 56, and
# machines with AMX end with SIGILL.
RUN header=$(g++ -print-file-name=include)/amxtileintrin.h \
  && sed -i 's/"ldtilecfg\(.*\)(const void \*\*)__config/"ldtilecfg\1(const char (*)[64])__config/' "$header" \
  && grep -q 'ldtilecfg.*(const char (\*)\[64\])__config' "$header"
WORKDIR /opt/parley
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
# The prebuilt binary has no OpenMP, and makes and joins its threads for every token. The same four lines stand in the
# last stage: node-llama-cpp finds a build by the options it was made with.
ENV NODE_LLAMA_CPP_CMAKE_OPTION_GGML_OPENMP=ON \
  NODE_LLAMA_CPP_CMAKE_OPTION_GGML_NATIVE=OFF \
  NODE_LLAMA_CPP_CMAKE_OPTION_GGML_CPU_ALL_VARIANTS=ON \
  NODE_LLAMA_CPP_CMAKE_OPTION_GGML_BACKEND_DL=ON
RUN npx --no node-llama-cpp source download --gpu false --noUsageExample
ARG GPU
COPY tools/container/prune.mjs tools/container/check-llama.mjs tools/container/
RUN node tools/container/prune.mjs "$GPU" && node tools/container/check-llama.mjs

FROM ${NODE_IMAGE} AS base-none
ARG NODE_IMAGE
LABEL org.opencontainers.image.base.name="${NODE_IMAGE}"

FROM ${CUDA_IMAGE} AS base-cuda
ARG CUDA_IMAGE
LABEL org.opencontainers.image.base.name="${CUDA_IMAGE}"
COPY --from=base-none /usr/local/bin/node /usr/local/bin/node

FROM base-${GPU} AS service
# tini is process 1: it reaps what a killed model process leaves. espeak-ng speaks for voices with espeak phonemes.
RUN apt-get update \
  && apt-get install -y --no-install-recommends espeak-ng libgomp1 libstdc++6 tini \
  && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /opt/yarn* \
  && groupadd --gid 65532 parley \
  && useradd --uid 65532 --gid 65532 --home-dir /var/lib/parley --no-create-home --shell /usr/sbin/nologin parley \
  && install -d -o 65532 -g 65532 /var/lib/parley
WORKDIR /opt/parley
COPY package.json LICENSE ./
COPY config/models.yaml config/models.schema.json config/
COPY models/starter models/starter
COPY --from=dependencies /opt/parley/node_modules node_modules
COPY --from=build /opt/parley/dist dist
COPY tools/container/healthcheck.mjs tools/container/
ENV NODE_ENV=production \
  NODE_LLAMA_CPP_CMAKE_OPTION_GGML_OPENMP=ON \
  NODE_LLAMA_CPP_CMAKE_OPTION_GGML_NATIVE=OFF \
  NODE_LLAMA_CPP_CMAKE_OPTION_GGML_CPU_ALL_VARIANTS=ON \
  NODE_LLAMA_CPP_CMAKE_OPTION_GGML_BACKEND_DL=ON \
  HOST=0.0.0.0 \
  PORT=8000 \
  DATA_DIR=/var/lib/parley
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="Parley" \
  org.opencontainers.image.description="Self-hosted, multi-modal local inference behind existing REST dialects and OpenAI's" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}"
USER 65532:65532
EXPOSE 8000
VOLUME /var/lib/parley
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["node", "tools/container/healthcheck.mjs"]
ENTRYPOINT ["/usr/bin/tini", "--", "node", "dist/main.js"]
