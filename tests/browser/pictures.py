"""Makes the guide's pictures of pages that the program writes. See README.md."""

import base64
import pathlib
import subprocess
import sys
import tempfile

from browser import Browser

PROJECT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = PROJECT / "data" / "sample_postings.csv"
PAGES = {
    "review": ["audit", SAMPLE, "-q", "-o", "/dev/null", "--report"],
    "report": ["evaluate", SAMPLE, "-q", "--html"],
}
SIZE = {"width": 1100, "height": 1000, "deviceScaleFactor": 1, "mobile": False}


def main():
    program, to = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        browser.send("Emulation.setDeviceMetricsOverride", **SIZE)
        for name, command in PAGES.items():
            page = pathlib.Path(folder) / f"{name}.html"
            subprocess.run([program, *command, page], check=True, stdout=subprocess.DEVNULL)
            browser.open(page.as_uri())
            browser.until("document.readyState === 'complete'")
            picture = browser.send("Page.captureScreenshot", format="png")["data"]
            (to / f"{name}.png").write_bytes(base64.b64decode(picture))
        browser.close()


main()
