"""A scheduler works wherever Python runs: a script without a main guard, standard input, a thread of a server.

(A notebook is tested in tests/notebooks, pytest by every other test here.)
"""

import subprocess
import sys
from pathlib import Path

import psutil

RUN = """
import sys, threading
from explorer.labs.live.overview import LiveSettings
from explorer.runtime.scheduler import Scheduler

woken = threading.Event()
scheduler = Scheduler()
viewer = scheduler.viewer(woken.set)
viewer.request("live", LiveSettings.make(n=12, d=3, widths=(2, 4), k_shown=2, seeds=1, max_steps={steps}, seed={seed}))
while (view := viewer.look()).state not in ("{state}", "failed"):
    woken.wait()
    woken.clear()
print(view.state, view.message, "torch" in sys.modules, scheduler.health()["pid"], flush=True)
"""
SHOWN = "done  False"  # and no torch in this process


def script(seed: int, state: str = "done", steps: int = 20) -> str:
    return RUN.format(seed=seed, state=state, steps=steps)


def test_a_script_without_a_main_guard_that_closes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a script.py"
    path.write_text(script(seed=70), "utf-8")
    shown = subprocess.run([sys.executable, path], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert shown.stdout.startswith(SHOWN), shown.stderr
    assert "Error" not in shown.stderr
    assert not psutil.pid_exists(int(shown.stdout.split()[-1]))


def test_a_thread_of_a_program_on_standard_input(tmp_path: Path) -> None:
    """As in a server, whose main thread has a loop to run."""
    served = f"import asyncio\nasyncio.run(asyncio.to_thread(exec, {script(seed=71)!r}, {{}}))"
    shown = subprocess.run(
        [sys.executable, "-"], input=served, check=True, capture_output=True, text=True, cwd=tmp_path
    )
    assert shown.stdout.startswith(SHOWN), shown.stderr


def test_a_killed_parent_leaves_no_worker_behind(tmp_path: Path) -> None:
    endless = script(seed=74, state="running", steps=100_000) + "\nthreading.Event().wait()"
    parent = subprocess.Popen([sys.executable, "-c", endless], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    worker = psutil.Process(int(parent.stdout.readline().split()[-1]))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    worker.wait(timeout=120)
