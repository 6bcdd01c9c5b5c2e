"""Accepts and refuses all changes of Word files in LibreOffice. Run by the Python that has ``uno``, on a folder.

Beside each ``NAME.docx`` stands ``NAME.json``: ``{"accept": [paragraphs], "reject": [paragraphs]}``, which end the file
but for its last paragraph. Prints a line of JSON for each: ``{"file", "decision", "right", "got", "wanted"}``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

COMMANDS = {"accept": ".uno:AcceptAllTrackedChanges", "reject": ".uno:RejectAllTrackedChanges"}
PIPE = f"pipe,name=lawcompare-{os.getpid()};urp;"
SECONDS_TO_START = 60


def connect() -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _second in range(SECONDS_TO_START):
        try:
            return resolver.resolve(f"uno:{PIPE}StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(1)
    sys.exit("LibreOffice did not start")


def paragraphs_after(desktop: Any, dispatcher: Any, file: Path, command: str) -> list[str]:
    hidden = PropertyValue()
    hidden.Name, hidden.Value = "Hidden", True
    document = desktop.loadComponentFromURL(file.as_uri(), "_blank", 0, (hidden,))
    dispatcher.executeDispatch(document.CurrentController.Frame, command, "", 0, ())
    paragraphs, blocks = [], document.Text.createEnumeration()
    while blocks.hasMoreElements():
        block = blocks.nextElement()
        if block.supportsService("com.sun.star.text.Paragraph"):
            paragraphs.append(block.getString())
    document.close(True)
    return paragraphs


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", "--headless", "--norestore", "--nologo", f"--accept={PIPE}"]
        office = subprocess.Popen([*command, f"-env:UserInstallation={Path(profile).as_uri()}"])
        try:
            context = connect()
            make = context.ServiceManager.createInstanceWithContext
            desktop = make("com.sun.star.frame.Desktop", context)
            dispatcher = make("com.sun.star.frame.DispatchHelper", context)
            for file in sorted(folder.glob("*.docx")):
                wanted = json.loads(file.with_suffix(".json").read_text("utf-8"))
                for decision, command in COMMANDS.items():
                    texts = paragraphs_after(desktop, dispatcher, file, command)
                    ends = texts[-1 - len(wanted[decision]) : -1]
                    places = [
                        at for at, pair in enumerate(zip(ends, wanted[decision], strict=False)) if pair[0] != pair[1]
                    ]
                    at = places[0] if places else 0
                    line = {"file": file.stem, "decision": decision, "right": ends == wanted[decision]}
                    line |= {"got": ends[at : at + 1], "wanted": wanted[decision][at : at + 1]}
                    print(json.dumps(line), flush=True)
        finally:
            office.terminate()
            office.wait(30)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
