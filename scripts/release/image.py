#!/usr/bin/env python3
"""Writes a container image of one program as an OCI archive, without a container engine.

In it are the program, its shared libraries, the certificates of public authorities and a user who is not root: no
shell, no package manager. The same files give the same bytes. `docker load`, `podman load` and `skopeo copy
oci-archive:FILE ...` read it. With --root the files of the image are written into a folder instead, for a Dockerfile.
"""
import argparse
import datetime
import gzip
import hashlib
import io
import json
import os
import platform
import tarfile

from libraries import closure, fail

USER = 65532
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
MOUNT_POINTS = ["dev", "proc", "sys", "tmp"]
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def read(path):
    with open(path, "rb") as file:
        return file.read()


def system_files():
    """What every program expects of a system, by path."""
    certificates = "/" + CERTIFICATES
    if not os.path.exists(certificates):
        fail(f"{certificates} is missing: install ca-certificates")
    return {
        CERTIFICATES: (read(certificates), 0o644),
        "etc/passwd": (
            f"root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:{USER}:{USER}:nonroot:/:/sbin/nologin\n".encode(), 0o644),
        "etc/group": (f"root:x:0:\nnonroot:x:{USER}:\n".encode(), 0o644),
        "etc/nsswitch.conf": (b"passwd: files\ngroup: files\nhosts: files dns\n", 0o644),
    }


def layer(files, folders=()):
    """An uncompressed tar of files by path, with the folders above them; owners are root, times are zero."""
    paths = {parent for path in files for parent in parents(path)} | set(folders)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(paths | set(files)):
            entry = tarfile.TarInfo(path)
            entry.uname = entry.gname = ""
            if path in files:
                content, entry.mode = files[path]
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
            else:
                entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if path == "tmp" else 0o755
                archive.addfile(entry)
    return buffer.getvalue()


def parents(path):
    while path := os.path.dirname(path):
        yield path


class Layout:
    """The blobs of an image, by digest, and the descriptors that point at them."""

    def __init__(self):
        self.blobs = {}

    def add(self, content, media_type):
        digest = hashlib.sha256(content).hexdigest()
        self.blobs[f"blobs/sha256/{digest}"] = content
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    def add_json(self, value, media_type):
        return self.add(encoded(value), media_type)


def encoded(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def image_config(options, created, diff_ids):
    name = os.path.basename(options.binary)
    labels = {
        "org.opencontainers.image.title": name,
        "org.opencontainers.image.version": options.version,
        "org.opencontainers.image.licenses": "Apache-2.0",
    }
    if options.revision:
        labels["org.opencontainers.image.revision"] = options.revision
    if options.source:
        labels["org.opencontainers.image.source"] = options.source
    return {
        "architecture": options.architecture,
        "os": "linux",
        "created": created,
        "config": {
            "User": f"{USER}:{USER}",
            "Entrypoint": [f"/usr/bin/{name}"],
            "Env": ["PATH=/usr/bin"],
            "WorkingDir": "/",
            "Labels": labels,
        },
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [
            {"created": created, "created_by": "shared libraries, certificates, users"},
            {"created": created, "created_by": f"{name} {options.version}"},
        ],
    }


def layout(options, layers):
    """All files of the archive, by path."""
    created = datetime.datetime.fromtimestamp(options.epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = Layout()
    diff_ids = ["sha256:" + hashlib.sha256(content).hexdigest() for content in layers]
    config = parts.add_json(
        image_config(options, created, diff_ids), "application/vnd.oci.image.config.v1+json")
    descriptors = [
        parts.add(gzip.compress(content, 9, mtime=0), "application/vnd.oci.image.layer.v1.tar+gzip")
        for content in layers
    ]
    manifest = parts.add_json(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config,
            "layers": descriptors,
        }, "application/vnd.oci.image.manifest.v1+json")
    reference = f"{options.repository}:{options.version}"
    manifest["platform"] = {"architecture": options.architecture, "os": "linux"}
    manifest["annotations"] = {
        "io.containerd.image.name": reference,
        "org.opencontainers.image.ref.name": options.version,
    }
    blob = lambda descriptor: "blobs/sha256/" + descriptor["digest"].removeprefix("sha256:")
    return parts.blobs | {
        "oci-layout": encoded({"imageLayoutVersion": "1.0.0"}),
        "index.json": encoded(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.index.v1+json",
                "manifests": [manifest],
            }),
        # What `docker load` looked for before it knew the layout above.
        "manifest.json": encoded(
            [{"Config": blob(config), "RepoTags": [reference], "Layers": [blob(one) for one in descriptors]}]),
    }


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("binary", help="the program")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--output", help="the archive to write")
    target.add_argument("--root", help="the folder to write the image's files into")
    parser.add_argument("--version", default="latest", help="the image's tag")
    parser.add_argument("--repository", default="run-controller", help="the image's name, without the tag")
    parser.add_argument("--epoch", type=int, default=0, help="the image's time, in seconds since 1970")
    parser.add_argument("--revision", default="", help="the commit that it was built from")
    parser.add_argument("--source", default="", help="the address of the sources")
    options = parser.parse_args()
    if not os.access(options.binary, os.X_OK):
        fail(f"{options.binary}: there is no such program")
    machine = platform.machine()
    options.architecture = ARCHITECTURES.get(machine) or fail(f"{machine}: no image is made for this kind of machine")
    return options


def write_folder(root, files):
    for folder in MOUNT_POINTS:
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    os.chmod(os.path.join(root, "tmp"), 0o1777)
    for path, (content, mode) in files.items():
        target = os.path.join(root, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(content)
        os.chmod(target, mode)


def main():
    options = parse_arguments()
    base = system_files() | {path.lstrip("/"): (read(path), 0o755) for path in closure(options.binary)}
    program = {f"usr/bin/{os.path.basename(options.binary)}": (read(options.binary), 0o755)}
    if options.root:
        return write_folder(options.root, base | program)
    files = layout(options, [layer(base, folders=MOUNT_POINTS), layer(program)])
    with open(options.output, "wb") as output:
        output.write(layer({path: (content, 0o644) for path, content in files.items()}))
    print(options.output)


if __name__ == "__main__":
    main()
