#!/usr/bin/env python3
"""Writes what an image or program consists of, as a CycloneDX 1.5 document.

The Swift packages are those that the linker took something from (without --linked, all that the build resolved), the
libraries those that the program loads, with the versions of their Debian packages. The same build gives the same bytes.
"""
import argparse
import datetime
import hashlib
import json
import os
import re
import uuid

from libraries import closure, fail, package, run


def modules(linked):
    """The modules whose objects were linked, from the list that the build writes for the linker."""
    with open(linked, encoding="utf-8") as file:
        return set(re.findall(r"/([^/]+)\.build/", file.read()))


def holds(checkout, linked):
    """Whether one of the modules is a package's own: a folder of its sources, or a target with another folder."""
    folders = {name for _, names, _ in os.walk(os.path.join(checkout, "Sources")) for name in names}
    with open(os.path.join(checkout, "Package.swift"), encoding="utf-8") as file:
        manifest = file.read()
    targets = set(re.findall(r'arget\(\s*name: *"([^"]+)"(?!\s*, *package)', manifest))
    return bool(linked & (folders | targets))


def swift_packages(resolved, linked, checkouts):
    """A component for each package that the build resolved and, if that is known, linked."""
    taken = modules(linked) if linked else None
    try:
        with open(resolved, encoding="utf-8") as file:
            pins = json.load(file)["pins"]
    except (OSError, KeyError, ValueError) as error:
        fail(f"{resolved}: is not what `swift package resolve` writes: {error}")
    for pin in pins:
        checkout = os.path.join(checkouts, os.path.basename(pin["location"]).removesuffix(".git"))
        if taken is not None and not holds(checkout, taken):
            continue
        place = pin["location"].removeprefix("https://").removesuffix(".git")
        version = pin["state"].get("version") or pin["state"]["revision"]
        yield {
            "type": "library",
            "bom-ref": f"pkg:swift/{place}@{version}",
            "name": place.rsplit("/", 1)[-1],
            "version": version,
            "purl": f"pkg:swift/{place}@{version}",
            "externalReferences": [{"type": "vcs", "url": pin["location"]}],
            "properties": [{"name": "git:revision", "value": pin["state"]["revision"]}],
        }


def swift_runtime():
    """Swift's own libraries are linked into the program."""
    version = re.search(r"Swift version (\S+)", run("swift", "--version"))
    if not version:
        fail("swift --version says no version")
    return {
        "type": "framework",
        "bom-ref": f"swift@{version[1]}",
        "name": "swift",
        "version": version[1],
        "description": "The standard library and Foundation, linked into the program.",
    }


def debian_packages(paths):
    """A component for each Debian package that the files are from."""
    found = {}
    for path in paths:
        owner = package(path)
        if owner is None:
            fail(f"{path} is of no Debian package, so its version is not known")
        found.setdefault(owner, []).append(path)
    for (name, version, architecture, source), files in sorted(found.items()):
        purl = f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}?arch={architecture}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "purl": purl,
            "properties": [{"name": "debian:source", "value": source}]
            + [{"name": "file", "value": path} for path in sorted(files)],
        }


def document(options):
    components = list(swift_packages(options.resolved, options.linked, options.checkouts)) + [swift_runtime()]
    certificates = "/usr/sbin/update-ca-certificates"
    components += debian_packages(closure(options.binary) + ([certificates] if options.image else []))
    with open(options.binary, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    name = os.path.basename(options.binary)
    root = {
        "type": "container" if options.image else "application",
        "bom-ref": f"{name}@{options.version}",
        "name": name,
        "version": options.version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "properties": [{"name": "program:sha256", "value": digest}],
    }
    created = datetime.datetime.fromtimestamp(options.epoch, datetime.timezone.utc)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, f"{name}@{options.version}#{digest}").urn,
        "version": 1,
        "metadata": {"timestamp": created.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": root},
        "components": components,
        "dependencies": [{"ref": root["bom-ref"], "dependsOn": sorted(one["bom-ref"] for one in components)}],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("binary", help="the program")
    parser.add_argument("--version", required=True)
    parser.add_argument("--output", required=True, help="the file to write")
    parser.add_argument("--resolved", default="Package.resolved", help="where the build says what it resolved")
    parser.add_argument("--linked", help="the list of objects that the build wrote for the linker")
    parser.add_argument("--checkouts", default=".build/checkouts", help="where the packages' sources are")
    parser.add_argument("--image", action="store_true", help="describe the program's image")
    parser.add_argument("--epoch", type=int, default=0, help="the document's time, in seconds since 1970")
    options = parser.parse_args()
    with open(options.output, "w", encoding="utf-8") as output:
        json.dump(document(options), output, indent=2, ensure_ascii=False)
        output.write("\n")
    print(options.output)


if __name__ == "__main__":
    main()
