# SPDX-License-Identifier: GPL-3.0-or-later
"""A plug-in for sos: the answers of kwalk's triage and log about the last dumps. sos loads it as
sos/report/plugins/kwalk.py."""
import glob
import os
import shlex

from sos.report.plugins import DebianPlugin, Plugin, RedHatPlugin, SuSEPlugin, UbuntuPlugin

CRASH = os.environ.get("KWALK_CRASH", "/var/crash")
PLACES = ("vmcore", "vmcore.flat", "dump.*", "vmcore.*")    # in the folders of CRASH
MOST_DUMPS = 3


class Kwalk(Plugin, RedHatPlugin, DebianPlugin, UbuntuPlugin, SuSEPlugin):

    short_desc = "Crash dumps, as kwalk sees them"

    plugin_name = "kwalk"
    profiles = ("system", "debug")
    commands = ("kwalk",)

    def dumps(self):
        found = set()
        for place in PLACES:
            found.update(glob.glob(os.path.join(CRASH, "*", place)))
        return sorted((path for path in found if os.path.isfile(path)), key=os.path.getmtime)[-MOST_DUMPS:]

    def setup(self):
        kwalk = "kwalk -q --no-shell --no-files --timeout=60"
        for dump in self.dumps():
            name = "_".join(dump.split("/")[-2:])
            for command, option, end in (("triage", "-j ", "json"), ("log", "", "txt")):
                self.add_cmd_output(f"{kwalk} {option}-c {command} -- {shlex.quote(dump)}", timeout=300,
                                    suggest_filename=f"{command}_{name}.{end}")
        # What the hook of contrib/kdump has written before the dump.
        self.add_copy_spec([f"{CRASH}/*/{name}" for name in ("triage.json", "log.txt", "panic.txt", "kwalk-notes.txt")])
