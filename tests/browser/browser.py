"""A headless Chromium, driven over its debugging pipe with nothing but the standard library."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

KEYS = {"ArrowDown": 40, "ArrowUp": 38, "Escape": 27}
COLOURS = """(async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes]));
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  const counts = new Map();
  for (const pixel of new Uint32Array(data.buffer)) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([pixel, count]) =>
    [[pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255], (count * 4) / data.length]);
})"""


class Browser:
    def __init__(self, downloads):
        self.profile = tempfile.mkdtemp(prefix="rolecall-browser-")
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        command = [
            "chromium", "--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu",
            "--hide-scrollbars",
            "--disable-background-networking", f"--user-data-dir={self.profile}", "about:blank",
        ]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        # The pipe is file 3 and 4 of the browser.
        shell = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self.process = subprocess.Popen(
            ["bash", "-c", shell, "bash", *command],
            pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.out, self.input, self.buffer = ours_out, ours_in, b""
        self.count, self.session, self.events = 0, None, []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log"]:
            self.send(f"{domain}.enable")
        self.send("Network.emulateNetworkConditions",
                  offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        self.send("Browser.setDownloadBehavior",
                  behavior="allow", downloadPath=str(downloads), eventsEnabled=True)

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def message(self, timeout):
        end = time.monotonic() + timeout
        while b"\0" not in self.buffer:
            if not select.select([self.input], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            read = os.read(self.input, 1 << 20)
            if not read:
                raise EOFError("the browser has ended")
            self.buffer += read
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def send(self, method, **params):
        self.count += 1
        request = {"id": self.count, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.out, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message(60)
            if message.get("id") == self.count:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.note(message)

    def note(self, message):
        if "method" in message:
            self.events.append((message["method"], message["params"]))
            if message["method"] == "Page.javascriptDialogOpening":
                leaving = message["params"]["type"] == "beforeunload"
                self.send("Page.handleJavaScriptDialog", accept=leaving)

    def wait(self, method, fits=lambda params: True, timeout=60):
        while True:
            for event, params in self.events:
                if event == method and fits(params):
                    return params
            self.note(self.message(timeout))

    def forget(self, method):
        self.events = [event for event in self.events if event[0] != method]

    def of(self, method):
        return [params for event, params in self.events if event == method]

    def open(self, address):
        self.forget("Page.loadEventFired")
        self.send("Page.navigate", url=address)
        self.wait("Page.loadEventFired")

    def reload(self):
        self.forget("Page.loadEventFired")
        self.send("Page.reload")
        self.wait("Page.loadEventFired")

    def value(self, expression):
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def until(self, expression, timeout=30):
        end = time.monotonic() + timeout
        while not self.value(expression):
            if time.monotonic() > end:
                raise TimeoutError(f"never so: {expression}")
            time.sleep(0.05)

    def press(self, key, ctrl=False):
        code = KEYS.get(key) or ord(key.upper())
        text = {} if ctrl or len(key) > 1 else {"text": key}
        held = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 2 if ctrl else 0}
        self.send("Input.dispatchKeyEvent", type="keyDown", **held, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", **held)

    def click(self, selector):
        x, y = self.value(
            f"""(() => {{
              const element = document.querySelector({json.dumps(selector)});
              element.scrollIntoView({{block: "nearest"}});
              const box = element.getBoundingClientRect();
              return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"""
        )
        for kind in ["mousePressed", "mouseReleased"]:
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def look(self, width, height, dark=False):
        self.send("Emulation.setDeviceMetricsOverride",
                  width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, selector="html"):
        """An element as a PNG in base64."""
        clip = self.value(
            f"""(() => {{
              const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();
              return {{x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height, scale: 1}};
            }})()"""
        )
        return self.send("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]

    def colours(self, picture):
        """The colours of a picture and their shares of it, the most frequent first."""
        return self.value(f"{COLOURS}({json.dumps(picture)})")
