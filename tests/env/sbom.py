# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the bill of materials of an artifact, as CycloneDX JSON, beside it: `sbom.py ARTIFACT`.

It names the artifact by its SHA-256, the collections that it depends on, in the versions that it was tested with, and what an execution
environment gets from PyPI. The same artifact gives the same file.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t
import uuid

import yaml
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

TOP = pathlib.Path(__file__).parents[2]


def collection(name: str, version: str, **more: t.Any) -> Component:
    namespace, _dot, short = name.partition(".")
    purl = PackageURL("generic", f"galaxy/{namespace}", short, version)
    return Component(name=name, version=version, type=ComponentType.LIBRARY, bom_ref=f"{name}@{version}", purl=purl, **more)


def dependencies(wanted: dict[str, str]) -> t.Iterator[Component]:
    """The collections that galaxy.yml names, in the versions that are installed here."""
    root = pathlib.Path(os.environ["ANSIBLE_COLLECTIONS_PATH"]) / "ansible_collections"
    for name, versions in sorted(wanted.items()):
        manifest = json.loads((root / name.replace(".", "/") / "MANIFEST.json").read_text(encoding="utf-8"))
        yield collection(name, manifest["collection_info"]["version"], properties=[Property(name="vsrx.sriov:accepts", value=versions)])


def packages(lock: str) -> t.Iterator[Component]:
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE):
        purl = PackageURL("pypi", name=name, version=version)
        note = Property(name="vsrx.sriov:used-in", value="execution environment")
        yield Component(name=name, version=version, type=ComponentType.LIBRARY, bom_ref=str(purl), purl=purl, properties=[note])


def make_bom(artifact: pathlib.Path) -> Bom:
    galaxy = yaml.safe_load((TOP / "galaxy.yml").read_text(encoding="utf-8"))
    digest = hashlib.sha256(artifact.read_bytes()).hexdigest()
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest)]
    subject = collection(f"{galaxy['namespace']}.{galaxy['name']}", galaxy["version"], hashes=hashes, description=galaxy["description"])
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"sha256:{digest}"))
    bom.metadata.component = subject
    committed = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=TOP, check=True, capture_output=True, text=True).stdout
    bom.metadata.timestamp = datetime.datetime.fromtimestamp(int(committed), datetime.timezone.utc)
    direct = [*dependencies(galaxy["dependencies"])]
    locked = [*packages((TOP / "execution-environment.txt").read_text(encoding="utf-8"))]
    bom.components.update([*direct, *locked])
    bom.register_dependency(subject, [*direct, *(each for each in locked if each.name == "ncclient")])
    return bom


def main() -> int:
    artifact = pathlib.Path(sys.argv[1])
    text = make_outputter(make_bom(artifact), OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong:
        print(f"sbom: {wrong}", file=sys.stderr)
        return 1
    target = artifact.with_name(f"{artifact.name.removesuffix('.tar.gz')}.cdx.json")
    target.write_text(text + "\n", encoding="utf-8")
    print(f"The bill of materials: {target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
