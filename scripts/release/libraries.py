"""The shared libraries that a program needs, and the Debian packages that they are from."""
import ctypes
import os
import subprocess
import sys


def fail(message):
    """Ends the program with a message that says who speaks."""
    sys.exit(f"{os.path.basename(sys.argv[0])}: {message}")


def run(*command):
    """The output of a command that must succeed."""
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except FileNotFoundError:
        fail(f"{command[0]} is not on PATH")
    except subprocess.CalledProcessError as error:
        fail(f"{' '.join(command)}: {error.stderr.strip() or error.stdout.strip()}")


# What our programs that ask a server load only when they do: no list of what they are linked with names it.
LOADED = ["libcurl.so.4"]


def closure(binary):
    """The loader and all libraries of a program: the path by which each is looked for, in order."""
    loaded = [place(name) for name in LOADED]
    paths = set(loaded)
    for file in [binary, *loaded]:
        for line in run("ldd", file).splitlines():
            words = line.split()
            if "not found" in line:
                fail(f"{file} needs {words[0]}, which is not installed")
            if "=>" in words:
                paths.add(words[words.index("=>") + 1])
            elif words and words[0].startswith("/"):
                paths.add(words[0])
    return sorted(paths)


def place(name):
    """Where the loader finds a library."""
    try:
        ctypes.CDLL(name)
    except OSError as error:
        fail(f"{name} cannot be loaded: {error}")
    with open("/proc/self/maps") as maps:
        files = {words[5] for words in map(str.split, maps) if len(words) > 5}
    # The file bears a longer version than the name by which it is looked for, such as libcurl.so.4.8.0.
    for file in files:
        if os.path.basename(file).startswith(name):
            return os.path.join(os.path.dirname(file), name)
    fail(f"{name} was loaded from a file of another name")


def package(path):
    """The name, version and architecture of the Debian package that a file is from; None if it is from none."""
    real = os.path.realpath(path)
    # A file of a system whose /lib is a link to /usr/lib may be on record under either name.
    for name in {path, real, real.removeprefix("/usr")}:
        found = subprocess.run(["dpkg-query", "--search", name], capture_output=True, text=True)
        if found.returncode == 0:
            owner = found.stdout.split(": ")[0].split(",")[0]
            fields = run("dpkg-query", "--show", "--showformat=${Package}\t${Version}\t${Architecture}\t${source:Package}", owner)
            return tuple(fields.split("\t"))
    return None
