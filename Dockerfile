# The controller's image, for those who have a container engine; `make image` makes one with the same files without.
#   docker build --tag run-controller .
FROM swift:6.3-bookworm AS build
WORKDIR /source
# The distribution's current libraries are what is wanted.
# hadolint ignore=DL3008
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        binutils ca-certificates libcurl4-openssl-dev libsqlite3-dev libyaml-dev pkg-config python3 \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN scripts/build-release /program run-controller \
    && python3 scripts/release/image.py /program/run-controller --root /image

FROM scratch
COPY --from=build /image/ /
ENV PATH=/usr/bin
USER 65532:65532
ENTRYPOINT ["/usr/bin/run-controller"]
