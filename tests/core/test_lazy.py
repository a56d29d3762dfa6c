"""Modules imported at their first use, by several threads at once."""

import sys
import threading

from borderdesk.base.lazy import lazy_module

SLOW = """
import threading
from tests.core import test_lazy
test_lazy.began.set()
test_lazy.go_on.wait(20)
value = 7
"""
began, go_on = threading.Event(), threading.Event()


def test_a_module_that_another_thread_is_importing_is_waited_for(tmp_path, monkeypatch):
    (tmp_path / "slow_module.py").write_text(SLOW, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    module, found = lazy_module("slow_module"), []

    def read():
        try:
            found.append(module.value)
        except AttributeError as error:
            found.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    threads[0].start()
    assert began.wait(20)
    threads[1].start()
    threads[1].join(0.2)
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert found == [7, 7]
    del sys.modules["slow_module"]
