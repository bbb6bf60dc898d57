# SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later
"""Builds a wheel of the module with configure and make (PEP 517), using only the source folder and the
machine. "backend.py FOLDER" writes the metadata of an installed module; "make install" calls it."""
import base64
import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
import zipfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LICENSES = ("COPYING", "COPYING.GPL-2", "COPYING.LESSER")
FILES = ("__init__.py", "results.py", "drgn.py", "_kwalk.pyi", "py.typed", "_kwalk.abi3.so")


def version():
    with open(os.path.join(TOP, "configure.ac"), encoding="ascii") as file:
        return re.search(r"^AC_INIT\(\[kwalk\], \[(.*)\]\)", file.read(), re.MULTILINE).group(1)


def metadata():
    with open(os.path.join(TOP, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)["project"]
    fields = [("Metadata-Version", "2.1"), ("Name", project["name"]), ("Version", version()),
              ("Summary", project["description"]), ("Keywords", ",".join(project["keywords"])),
              ("License", project["license"]["text"]), ("Requires-Python", project["requires-python"]),
              *(("Classifier", classifier) for classifier in project["classifiers"]),
              ("Description-Content-Type", "text/markdown")]
    with open(os.path.join(TOP, project["readme"]), encoding="utf-8") as file:
        return "".join(f"{name}: {value}\n" for name, value in fields) + "\n" + file.read()


def write_info(parent, files):
    folder = f"kwalk-{version()}.dist-info"
    os.makedirs(os.path.join(parent, folder), exist_ok=True)
    for name, text in files.items():
        with open(os.path.join(parent, folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    return folder


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    return write_info(metadata_directory, {"METADATA": metadata(), "WHEEL": wheel_text()})


def tag():
    return "cp311-abi3-" + re.sub(r"[-.]", "_", sysconfig.get_platform())


def wheel_text():
    return f"Wheel-Version: 1.0\nGenerator: kwalk\nRoot-Is-Purelib: false\nTag: {tag()}\n"


def build(folder):
    """Each step is shown, as both take a while: pip shows them with -v."""
    if not os.path.exists(os.path.join(TOP, "configure")):
        subprocess.run(["autoreconf", "-i"], cwd=TOP, check=True)
    print("kwalk: configure", flush=True)
    subprocess.run([os.path.join(TOP, "configure"), f"--with-python={sys.executable}", "-q"], cwd=folder, check=True)
    print("kwalk: make", flush=True)
    subprocess.run(["make", f"-j{os.cpu_count()}", "V=0", "python-module"], cwd=folder, check=True)
    for name in FILES:
        with open(os.path.join(folder, "python", "kwalk", name), "rb") as file:
            yield "kwalk/" + name, file.read()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    info = f"kwalk-{version()}.dist-info/"
    name = f"kwalk-{version()}-{tag()}.whl"
    with tempfile.TemporaryDirectory() as folder:
        files = dict(build(folder))
    files[info + "METADATA"] = metadata().encode()
    files[info + "WHEEL"] = wheel_text().encode()
    for license in LICENSES:
        with open(os.path.join(TOP, license), "rb") as file:
            files[f"{info}licenses/{license}"] = file.read()
    record = ""
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(content)}\n"
    files[info + "RECORD"] = (record + f"{info}RECORD,,\n").encode()
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)
    return name


def build_sdist(sdist_directory, config_settings=None):
    base = f"kwalk-{version()}"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([os.path.join(TOP, "configure"), "-q"], cwd=folder, check=True)
        subprocess.run(["make", "dist"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(os.path.join(folder, base + ".tar.gz")) as made, \
                tarfile.open(os.path.join(sdist_directory, base + ".tar.gz"), "w:gz") as sdist:
            for member in made:
                sdist.addfile(member, made.extractfile(member) if member.isfile() else None)
    return base + ".tar.gz"


if __name__ == "__main__":
    write_info(sys.argv[1], {"METADATA": metadata(), "INSTALLER": "make\n"})
